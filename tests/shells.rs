//! `wf completions`, asked by the real shells, and `wf man`, shown by the real man.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;
use std::sync::Mutex;

use crate::project::Project;
use crate::project::Run;

const SHELLS: [&str; 3] = ["bash", "zsh", "fish"];

/// How each shell is asked what it proposes after `$1`; the script that completes lies in `_wf`.
const ASK: [&str; 3] = [
    "source ./_wf\n\
     read -ra COMP_WORDS <<< \"$1\"\n\
     [[ $1 != *' ' ]] || COMP_WORDS+=('')\n\
     COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n\
     _wf wf \"${COMP_WORDS[COMP_CWORD]}\" \"${COMP_WORDS[COMP_CWORD-1]}\"\n\
     printf '%s\\n' \"${COMPREPLY[@]}\"\n",
    // Zsh completes on a terminal alone: it is given one, and what it makes of the line is read there.
    "zmodload zsh/zpty\n\
     zpty z zsh -f -i\n\
     zpty -w z 'PS1=READY$((1)); setopt prompt_subst; stty columns 200 -echo; autoload -U compinit; compinit -u -D; \
     fpath=(. $fpath); autoload -U _wf; compdef _wf wf; bindkey \"^I\" complete-word'\n\
     zpty -r z seen '*READY1*'\n\
     zpty -w -n z \"$1\"$'\\t\\C-a: \\C-e\\n'\n\
     zpty -r z seen '*READY1*'\n\
     print -r -- $seen\n",
    "source ./_wf\ncomplete --do-complete $argv[1]\n",
];

/// A program of a Debian package, which is installed if it is not there and this is the machine's administrator.
fn program(name: &str, package: &str) -> Command {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _lock = ONE_AT_A_TIME.lock().unwrap();
    let mut find = Command::new("sh");
    find.args(["-c", "command -v \"$0\"", name]);
    if !find.output().unwrap().status.success() {
        let install = Command::new("apt-get")
            .args(["install", "--yes", "--no-install-recommends", package])
            .env("DEBIAN_FRONTEND", "noninteractive")
            .output();
        assert!(
            install.as_ref().is_ok_and(|output| output.status.success()),
            "these tests need {name}; on Debian: apt-get install {package}. {install:?}"
        );
    }
    Command::new(name)
}

/// What a shell proposes after a line, a word each.
fn proposed(shell: usize, line: &str) -> BTreeSet<String> {
    let name = SHELLS[shell];
    let project = Project::new();
    let script = Run::of(&project.wf().args(["completions", name]).output().unwrap());
    assert_eq!(script.code, 0, "{script:?}");
    project.write("_wf", &script.out).write("ask", ASK[shell]);
    program(name, name);
    let output = Command::new("timeout")
        .args(["120", name])
        .args(if name == "bash" {
            &["--noprofile", "--norc"][..]
        } else {
            &[]
        })
        .args(if name == "zsh" { &["-f"][..] } else { &[] })
        .arg("ask")
        .arg(line)
        .current_dir(project.path())
        .env("HOME", project.path())
        .env("TERM", "dumb")
        .env_remove("FPATH")
        .output()
        .unwrap();
    assert!(output.status.success(), "{name}: {output:?}");
    let text = String::from_utf8_lossy(&output.stdout);
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let words = text
        .split(|c: char| !is_part(c))
        .filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

#[test]
fn every_shell_completes_commands_options_and_values() {
    for (shell, name) in SHELLS.iter().enumerate() {
        for (line, word) in [
            ("wf ch", "check"),
            ("wf config sch", "schema"),
            ("wf check --only missing-ro", "missing-rollback"),
            ("wf rule stale", "stale-audit"),
            ("wf check --output-format sar", "sarif"),
            ("wf check --fail-on nev", "never"),
            ("wf completions fi", "fish"),
            ("wf check --write-b", "--write-baseline"),
        ] {
            let words = proposed(shell, line);
            assert!(words.contains(word), "{name}: {line}: {words:?}");
        }
        assert!(
            !proposed(shell, "wf rule stole").contains("stale-audit"),
            "{name}"
        );
    }
}

#[test]
fn all_rules_are_proposed() {
    let rules: BTreeSet<String> = wf::rules::RULES
        .iter()
        .map(|rule| rule.id.to_owned())
        .collect();
    for (shell, name) in [(0, "bash"), (2, "fish")] {
        let words = proposed(shell, "wf check --only ");
        assert!(rules.is_subset(&words), "{name}: {words:?}");
    }
}

/// A page as man shows it, in 80 columns.
fn shown(project: &Project, page: &str) -> String {
    let path = project.path().join("man").join(page);
    let mut man = program("man", "man-db");
    man.args(["--warnings", "--local-file"])
        .arg(path)
        .env("MANWIDTH", "80")
        .env_remove("MAN_KEEP_FORMATTING")
        .env("LC_ALL", "C.UTF-8");
    let output = man.output().unwrap();
    let run = Run::of(&output);
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{page}");
    run.out
}

#[test]
fn every_command_has_a_page_that_man_shows() {
    let project = Project::new();
    let wrote = project
        .wf()
        .args(["man", "--output-dir", "man"])
        .output()
        .unwrap();
    let wrote = Run::of(&wrote);
    let mut names: Vec<String> = fs::read_dir(project.path().join("man"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert!(names.len() > 15, "{names:?}");
    let told = format!("note: wrote {} pages to `man`\n", names.len());
    assert_eq!((wrote.code, wrote.err), (0, told));
    for name in &names {
        let page = shown(&project, name);
        let title = name.trim_end_matches(".1");
        assert!(
            page.contains("NAME") && page.contains(&format!("\n       {title} ")),
            "{page}"
        );
        let words = title.trim_start_matches("wf").replace('-', " ");
        let one = project
            .wf()
            .arg("man")
            .args(words.split_whitespace())
            .output()
            .unwrap();
        let file = fs::read_to_string(project.path().join("man").join(name)).unwrap();
        assert_eq!(Run::of(&one).out, file, "{name}");
    }
    let check = shown(&project, "wf-check.1");
    for line in [
        "       --write-baseline [<FILE>]",
        "         wf check workflows/release.md",
        "         sarif       code scanning",
        "         0  nothing at or above --fail-on",
    ] {
        assert!(
            check.lines().any(|shown| shown.starts_with(line)),
            "{line} in {check}"
        );
    }
    let none = Run::of(&project.wf().args(["man", "chekc"]).output().unwrap());
    assert_eq!(none.code, 2);
    assert!(
        none.err
            .starts_with("error: there is no command `wf chekc`\n  help: "),
        "{none:?}"
    );
}
