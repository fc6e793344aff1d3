//! Programs that run another program: `sudo`, `env`, `timeout`.

/// A program whose arguments are another command.
struct Wrapper {
    name: &'static str,
    /// Its options that take the next word as their value.
    with_value: &'static [&'static str],
    /// How many words of its own follow its options.
    operands: usize,
}

const WRAPPERS: [Wrapper; 14] = [
    wrapper("builtin", &[], 0),
    wrapper("command", &[], 0),
    wrapper("doas", &["-C", "-u"], 0),
    wrapper("env", &["-u", "--unset", "-C", "--chdir"], 0),
    wrapper("exec", &["-a"], 0),
    wrapper("ionice", &["-c", "-n"], 0),
    wrapper("nice", &["-n", "--adjustment"], 0),
    wrapper("nohup", &[], 0),
    wrapper("setsid", &[], 0),
    wrapper("stdbuf", &["-i", "-o", "-e"], 0),
    wrapper(
        "sudo",
        &[
            "-u", "--user", "-g", "--group", "-h", "--host", "-p", "-C", "-D", "-R", "-T", "-U",
        ],
        0,
    ),
    wrapper("time", &["-f", "-o"], 0),
    wrapper("timeout", &["-k", "--kill-after", "-s", "--signal"], 1),
    wrapper(
        "xargs",
        &["-a", "-d", "-E", "-I", "-L", "-n", "-P", "-s"],
        0,
    ),
];

const fn wrapper(
    name: &'static str,
    with_value: &'static [&'static str],
    operands: usize,
) -> Wrapper {
    Wrapper {
        name,
        with_value,
        operands,
    }
}

/// The place of the word that names what runs in the end. A word whose value is not known is `None`.
pub fn head(words: &[Option<&str>]) -> usize {
    let mut at = 0;
    while let Some(wrapper) = words.get(at).copied().flatten().and_then(find) {
        let mut next = at + 1;
        while let Some(Some(word)) = words.get(next) {
            let is_assignment = wrapper.name == "env" && word.contains('=');
            if wrapper.with_value.contains(word) {
                next += 1;
            } else if !word.starts_with('-') && !is_assignment {
                break;
            }
            next += 1;
        }
        next += wrapper.operands;
        if next >= words.len() {
            return at;
        }
        at = next;
    }
    at
}

fn find(word: &str) -> Option<&'static Wrapper> {
    let name = word.rsplit('/').next()?;
    WRAPPERS.iter().find(|wrapper| wrapper.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_in_the_end_is_found() {
        let find = |text: &'static str| {
            let words: Vec<Option<&str>> = text.split(' ').map(Some).collect();
            words[head(&words)].expect("all are known")
        };
        assert_eq!(find("make all"), "make");
        assert_eq!(find("sudo -u postgres psql"), "psql");
        assert_eq!(find("/usr/bin/env -i A=1 B=2 nice -n 5 make"), "make");
        assert_eq!(find("timeout -k 5 10 curl x"), "curl");
        assert_eq!(find("xargs -n 1 rm"), "rm");
        assert_eq!(find("sudo -l"), "sudo");
        assert_eq!(find("env"), "env");
    }
}
