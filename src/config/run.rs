//! The table `[run]` of `wf.toml`.

use std::collections::BTreeMap;
use std::time::Duration;

use toml::de::DeValue;

use crate::config::ConfigError;
use crate::config::Interpreters;
use crate::config::MOST_JOBS;
use crate::config::Rollback;
use crate::config::Run;
use crate::config::Stop;
use crate::config::keys;
use crate::config::read::Reader;
use crate::config::read::Value;
use crate::config::read::whole;
use crate::shell;

impl Reader<'_> {
    pub(super) fn run(&self, value: &Value<'_>) -> Result<Run, ConfigError> {
        let table = value
            .get_ref()
            .as_table()
            .ok_or_else(|| self.wrong_type("run", value, "a table", "[run]"))?;
        let mut run = Run::default();
        for (key, value) in table {
            let name = self.known(key, keys::RUN, " in `[run]`")?;
            match name {
                "jobs" => run.jobs = self.jobs(value)?,
                "timeout" => run.timeout = Some(self.timeout(value)?),
                "grace" => run.grace = self.duration(name, value, "grace = \"5s\"")?,
                "retry-delay" => {
                    run.retry_delay = self.duration(name, value, "retry-delay = \"1s\"")?;
                }
                "rollback" => run.rollback = self.rollback(value)?,
                "max-output" => {
                    run.max_output = self.size(name, value, "max-output = \"16MiB\"")?;
                }
                "env" => run.env = self.environment(value)?,
                "interpreters" => run.interpreters = self.interpreters(value)?,
                "record" => run.record = self.record(name, value, "record = \".memory\"")?,
                "errors" => run.errors = self.record(name, value, "errors = \"errors\"")?,
                "known-errors" => {
                    let example = "known-errors = \"docs/fix_this_error.md\"";
                    run.known_errors = self.record(name, value, example)?;
                }
                "notify" => {
                    let example = "notify = [\"scripts/tell-the-team\"]";
                    run.notify = self.program(name, value, example)?;
                }
                "notify-on" => run.notify_on = self.stops(value)?,
                _ => unreachable!("the table has no other key"),
            }
        }
        Ok(run)
    }

    fn jobs(&self, value: &Value<'_>) -> Result<u32, ConfigError> {
        let DeValue::Integer(number) = value.get_ref() else {
            return Err(self.wrong_type("jobs", value, "a number of steps", "jobs = 4"));
        };
        let jobs = whole(number).and_then(|jobs| u32::try_from(jobs).ok());
        jobs.filter(|jobs| (1..=MOST_JOBS).contains(jobs))
            .ok_or_else(|| {
                let help = "write a whole number from 1 to 100";
                self.bad("jobs", value, "that is no number of steps", help)
            })
    }

    fn duration(
        &self,
        key: &str,
        value: &Value<'_>,
        example: &'static str,
    ) -> Result<Duration, ConfigError> {
        let text = value
            .get_ref()
            .as_str()
            .ok_or_else(|| self.wrong_type(key, value, "a duration", example))?;
        let help = "write numbers with units: `500ms`, `90s`, `10m`, `1h 30m`";
        humantime::parse_duration(text)
            .map_err(|_| self.bad(key, value, format!("`{text}` is no duration"), help))
    }

    fn timeout(&self, value: &Value<'_>) -> Result<Duration, ConfigError> {
        let timeout = self.duration("timeout", value, "timeout = \"10m\"")?;
        if timeout.is_zero() {
            let help = "leave `timeout` out to let commands take as long as they take";
            return Err(self.bad("timeout", value, "no time at all is left", help));
        }
        Ok(timeout)
    }

    fn rollback(&self, value: &Value<'_>) -> Result<Rollback, ConfigError> {
        match value.get_ref().as_str() {
            Some("unwind") => Ok(Rollback::Unwind),
            Some("step") => Ok(Rollback::Step),
            Some(other) => {
                let help =
                    "`\"unwind\"` undoes every started step, `\"step\"` the failed one alone";
                let message = format!("there is no policy `{other}`");
                Err(self.bad("rollback", value, message, help))
            }
            None => Err(self.wrong_type("rollback", value, "a string", "rollback = \"unwind\"")),
        }
    }

    /// A folder or a file below the project root.
    fn record(
        &self,
        key: &str,
        value: &Value<'_>,
        example: &'static str,
    ) -> Result<String, ConfigError> {
        let path = self.path(key, value, example)?.value;
        if path.is_empty() || path == ".git" || path.starts_with(".git/") {
            let help = "name a place of its own below the project root";
            return Err(self.bad(key, value, "records cannot lie there", help));
        }
        Ok(path)
    }

    /// A program with its arguments.
    fn program(
        &self,
        key: &str,
        value: &Value<'_>,
        example: &'static str,
    ) -> Result<Vec<String>, ConfigError> {
        let words = self.strings(key, value, example)?;
        if words.first().is_none_or(|(program, _)| program.is_empty()) {
            let help = "write the program and its arguments, each a string of its own";
            return Err(self.bad(key, value, "no program is named", help));
        }
        Ok(words.into_iter().map(|(word, _)| word.to_owned()).collect())
    }

    fn stops(&self, value: &Value<'_>) -> Result<Vec<Stop>, ConfigError> {
        let words = self.strings("notify-on", value, "notify-on = [\"failed\"]")?;
        let stops = words.into_iter().map(|(word, item)| {
            Stop::from_word(word).ok_or_else(|| {
                let help = "the results are `succeeded`, `failed`, `undone`, `stuck`, `waiting` and `suspended`";
                self.bad("notify-on", item, format!("there is no result `{word}`"), help)
            })
        });
        stops.collect()
    }

    fn environment(&self, value: &Value<'_>) -> Result<BTreeMap<String, String>, ConfigError> {
        let example = "env = { REGION = \"eu-west-1\" }";
        let table = value
            .get_ref()
            .as_table()
            .ok_or_else(|| self.wrong_type("env", value, "a table of strings", example))?;
        let mut variables = BTreeMap::new();
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            let text = value
                .get_ref()
                .as_str()
                .ok_or_else(|| self.wrong_type(name, value, "a string", example))?;
            if !shell::is_name(name) {
                let help = "write letters, digits and `_`, no digit first";
                let message = format!("`{name}` is no name of an environment variable");
                return Err(self.bad("env", key, message, help));
            }
            if name.starts_with("WF_") {
                let help = "give it a name that does not begin with `WF_`";
                let message = format!("`{name}` is one of the names that the runner gives");
                return Err(self.bad("env", key, message, help));
            }
            if text.contains('\0') {
                let help = "an environment variable holds any character but U+0000";
                return Err(self.bad(name, value, "it holds U+0000", help));
            }
            variables.insert(name.to_owned(), text.to_owned());
        }
        Ok(variables)
    }

    fn interpreters(&self, value: &Value<'_>) -> Result<Interpreters, ConfigError> {
        let example = "interpreters = { ruby = [\"ruby\"] }";
        let table = value
            .get_ref()
            .as_table()
            .ok_or_else(|| self.wrong_type("interpreters", value, "a table", example))?;
        let mut interpreters = Interpreters::new();
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            interpreters.insert(name.to_owned(), self.program(name, value, example)?);
        }
        Ok(interpreters)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::config::Rollback;
    use crate::config::Run;
    use crate::config::Stop;
    use crate::config::read;
    use crate::source::Source;

    fn run(text: &str) -> Result<Run, String> {
        let config = read(&Source::new("wf.toml", text)).map_err(|error| error.to_string())?;
        Ok(config.run)
    }

    #[test]
    fn every_key_is_read() {
        let text = "[run]\njobs = 3\ntimeout = \"10m\"\ngrace = \"1s\"\nretry-delay = \"0s\"\nrollback = \"step\"\nmax-output = \"1KiB\"\nenv = { REGION = \"eu\" }\ninterpreters = { ruby = [\"ruby\", \"-w\"] }\nrecord = \"var/wf\"\nerrors = \"var/errors\"\nknown-errors = \"KNOWN.md\"\nnotify = [\"tell\", \"\"]\nnotify-on = [\"undone\", \"suspended\"]\n";
        let run = run(text).expect("valid");
        assert_eq!(run.jobs, 3);
        assert_eq!(run.timeout, Some(Duration::from_mins(10)));
        assert_eq!(
            (run.grace, run.retry_delay),
            (Duration::from_secs(1), Duration::ZERO)
        );
        assert_eq!((run.rollback, run.max_output), (Rollback::Step, 1024));
        assert_eq!(run.env["REGION"], "eu");
        assert_eq!(run.interpreters["ruby"], ["ruby", "-w"]);
        assert_eq!((&*run.record, &*run.errors), ("var/wf", "var/errors"));
        assert_eq!(run.known_errors, "KNOWN.md");
        assert_eq!(run.notify, ["tell", ""]);
        assert_eq!(run.notify_on, [Stop::Undone, Stop::Suspended]);
    }

    #[test]
    fn faults_have_a_place() {
        for (text, fault) in [
            ("[run]\nenv = 1", "wf.toml:2:7: `env` wants"),
            (
                "[run]\nenv = { \"2\" = \"x\" }",
                "wf.toml:2:9: `env`: `2` is no name",
            ),
            ("[run]\nenv = { A = 1 }", "wf.toml:2:13: `A` wants a string"),
            (
                "[run]\nenv = { WF_RUN = \"x\" }",
                "wf.toml:2:9: `env`: `WF_RUN` is one of",
            ),
            (
                "[run]\ninterpreters = { ruby = [] }",
                "wf.toml:2:25: `ruby`: no program",
            ),
            ("[run]\njobs = 0", "wf.toml:2:8: `jobs`: that is no number"),
            (
                "[run]\njobs = \"all\"",
                "wf.toml:2:8: `jobs` wants a number of steps",
            ),
            (
                "[run]\nenvs = {}",
                "wf.toml:2:1: there is no key `envs` in `[run]`",
            ),
            (
                "[run]\ntimeout = \"soon\"",
                "wf.toml:2:11: `timeout`: `soon` is no duration",
            ),
            (
                "[run]\ntimeout = \"0s\"",
                "wf.toml:2:11: `timeout`: no time",
            ),
            (
                "[run]\nrollback = \"all\"",
                "wf.toml:2:12: `rollback`: there is no policy `all`",
            ),
            (
                "[run]\nrecord = \"../x\"",
                "wf.toml:2:10: `record`: `../x` is no path inside",
            ),
            (
                "[run]\nerrors = \".git\"",
                "wf.toml:2:10: `errors`: records",
            ),
            (
                "[run]\nnotify = []",
                "wf.toml:2:10: `notify`: no program is named",
            ),
            (
                "[run]\nnotify-on = [\"lost\"]",
                "wf.toml:2:14: `notify-on`: there is no result `lost`",
            ),
        ] {
            let found = run(text).expect_err(text);
            assert!(found.starts_with(fault), "{found}");
        }
    }
}
