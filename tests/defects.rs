//! One defect gives one finding: valid documents of which one line is gone, or stands twice.

use std::collections::BTreeMap;

use crate::documents;
use crate::project::Project;

/// Rules about what refers to something elsewhere that is gone.
const REFERENCES: [&str; 5] = [
    "broken-link",
    "undeclared-variable",
    "unknown-dependency",
    "unused-input",
    "unused-suppression",
];

/// A document with one line changed.
struct Changed {
    what: String,
    path: String,
    text: String,
}

fn changed(path: &str, text: &str) -> Vec<Changed> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let mut all = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let (before, after) = (lines[..at].concat(), lines[at + 1..].concat());
        // The line of a fence or of a comment that spans lines holds together what stands far below it.
        let is_bracket = ["```", "~~~", "<!--", "-->"]
            .iter()
            .any(|sign| line.contains(sign));
        if is_bracket || line.trim().is_empty() {
            continue;
        }
        // Without its heading a section is what has the same title elsewhere.
        let title = line.trim_start_matches('#');
        let is_same = |other: &&&str| other.trim_start_matches('#') == title;
        if line.starts_with('#') && lines.iter().filter(is_same).count() > 1 {
            continue;
        }
        for (verb, text) in [
            ("without", format!("{before}{after}")),
            ("twice", format!("{before}{line}{line}{after}")),
        ] {
            all.push(Changed {
                what: format!("{path} {verb} line {}: {}", at + 1, line.trim_end()),
                path: path.to_owned(),
                text,
            });
        }
    }
    all
}

#[test]
fn one_line_gives_one_finding_or_what_follows_from_it() {
    let all: Vec<Changed> = documents::valid()
        .flat_map(|(path, text)| changed(&path, &text))
        .collect();
    let project = Project::new();
    for (at, document) in all.iter().enumerate() {
        let name = document.path.strip_prefix("workflows/").unwrap();
        let index = format!("# Workflows\n\n## Documents\n\n- [{name}]({name})\n");
        // Each in a project of its own.
        project
            .write(&format!("{at}/wf.toml"), "")
            .write(&format!("{at}/workflows/README.md"), index)
            .write(&format!("{at}/{}", document.path), &document.text);
    }
    let run = project.check(&["--format", "json", "."]);
    let mut found: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for finding in run.findings() {
        let path = finding["path"].as_str().unwrap();
        let at = path.split('/').next().unwrap().parse().unwrap();
        let rule = finding["rule"].as_str().unwrap().to_owned();
        found.entry(at).or_default().push(rule);
    }
    assert!(
        found.len() > all.len() / 4,
        "hardly any line seems to matter: {} of {}",
        found.len(),
        all.len()
    );
    let mut faults = Vec::new();
    for (at, rules) in found {
        let own: Vec<&String> = rules
            .iter()
            .filter(|rule| !REFERENCES.contains(&rule.as_str()))
            .collect();
        if own.len() > 1 {
            faults.push(format!("{}: {}", all[at].what, rules.join(", ")));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
