//! The table `[run]` of `wf.toml`, as far as linting asks.

use crate::config::ConfigError;
use crate::config::Run;
use crate::config::read::Reader;
use crate::config::read::Value;
use crate::shell;

const RUN_KEYS: [&str; 2] = ["env", "interpreters"];

impl Reader<'_> {
    pub(super) fn run(&self, value: &Value<'_>) -> Result<Run, ConfigError> {
        let table = value
            .get_ref()
            .as_table()
            .ok_or_else(|| self.wrong_type("run", value, "a table", "[run]"))?;
        let mut run = Run::default();
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "env" => run.env = self.environment(value)?,
                "interpreters" => run.interpreters = self.interpreters(value)?,
                _ => return Err(self.unknown(key, &RUN_KEYS, " in `[run]`")),
            }
        }
        Ok(run)
    }

    fn environment(&self, value: &Value<'_>) -> Result<Vec<String>, ConfigError> {
        let example = "env = { REGION = \"eu-west-1\" }";
        let table = value
            .get_ref()
            .as_table()
            .ok_or_else(|| self.wrong_type("env", value, "a table of strings", example))?;
        let mut names = Vec::with_capacity(table.len());
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            if value.get_ref().as_str().is_none() {
                return Err(self.wrong_type(name, value, "a string", example));
            }
            if !shell::is_name(name) {
                let help = "write letters, digits and `_`, no digit first";
                let message = format!("`{name}` is no name of an environment variable");
                return Err(self.bad("env", key, message, help));
            }
            names.push(name.to_owned());
        }
        Ok(names)
    }

    fn interpreters(&self, value: &Value<'_>) -> Result<Vec<String>, ConfigError> {
        let example = "interpreters = { ruby = [\"ruby\"] }";
        let table = value
            .get_ref()
            .as_table()
            .ok_or_else(|| self.wrong_type("interpreters", value, "a table", example))?;
        let mut names = Vec::with_capacity(table.len());
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            if self.strings(name, value, example)?.is_empty() {
                let help = "write the program and its arguments: `ruby = [\"ruby\"]`";
                return Err(self.bad(name, value, "no program is named", help));
            }
            names.push(name.to_owned());
        }
        Ok(names)
    }
}

#[cfg(test)]
mod tests {
    use crate::config::Run;
    use crate::config::read;
    use crate::source::Source;

    fn run(text: &str) -> Result<Run, String> {
        let config = read(&Source::new("wf.toml", text)).map_err(|error| error.to_string())?;
        Ok(config.run)
    }

    #[test]
    fn names_are_taken_and_faults_have_a_place() {
        let text = "[run]\nenv = { REGION = \"eu\" }\ninterpreters = { ruby = [\"ruby\"] }\n";
        let expected = Run {
            env: vec!["REGION".to_owned()],
            interpreters: vec!["ruby".to_owned()],
        };
        assert_eq!(run(text), Ok(expected));
        for (text, fault) in [
            ("[run]\nenv = 1", "wf.toml:2:7: `env` wants"),
            (
                "[run]\nenv = { \"2\" = \"x\" }",
                "wf.toml:2:9: `env`: `2` is no name",
            ),
            ("[run]\nenv = { A = 1 }", "wf.toml:2:13: `A` wants a string"),
            (
                "[run]\ninterpreters = { ruby = [] }",
                "wf.toml:2:25: `ruby`: no program",
            ),
            (
                "[run]\nenvs = {}",
                "wf.toml:2:1: there is no key `envs` in `[run]`",
            ),
        ] {
            let found = run(text).expect_err(text);
            assert!(found.starts_with(fault), "{found}");
        }
    }
}
