//! The tables `[[overrides]]` of `wf.toml`.

use crate::config::ConfigError;
use crate::config::Override;
use crate::config::keys;
use crate::config::read::Reader;
use crate::config::read::Value;

impl Reader<'_> {
    pub(super) fn overrides(&self, value: &Value<'_>) -> Result<Vec<Override>, ConfigError> {
        let wanted = "an array of tables";
        let array = value
            .get_ref()
            .as_array()
            .ok_or_else(|| self.wrong_type("overrides", value, wanted, "[[overrides]]"))?;
        array.iter().map(|item| self.one_override(item)).collect()
    }

    /// One table. Without paths it would hold nowhere, and without rules change nothing: neither is meant.
    fn one_override(&self, value: &Value<'_>) -> Result<Override, ConfigError> {
        let table = value
            .get_ref()
            .as_table()
            .ok_or_else(|| self.wrong_type("overrides", value, "tables", "[[overrides]]"))?;
        let (mut paths, mut rules) = (None, None);
        for (key, value) in table {
            let name = self.known(key, keys::OVERRIDE, " in `[[overrides]]`")?;
            match name {
                "paths" => {
                    let example = "paths = [\"workflows/legacy/**\"]";
                    let globs = self.globs(name, value, example)?;
                    if globs.is_empty() {
                        return Err(self.without_paths(value));
                    }
                    paths = Some(globs);
                }
                "rules" => rules = Some(self.rules(value)?),
                _ => unreachable!("the table has no other key"),
            }
        }
        let paths = paths.ok_or_else(|| self.without_paths(value))?;
        let rules = rules.ok_or_else(|| {
            let help = "say what it sets: `rules = { missing-rollback = \"warning\" }`";
            self.bad(
                "overrides",
                value,
                "`rules` is missing, so nothing would change",
                help,
            )
        })?;
        Ok(Override { paths, rules })
    }

    fn without_paths(&self, value: &Value<'_>) -> ConfigError {
        let help = "name the files that it is for: `paths = [\"workflows/legacy/**\"]`";
        let message = "`paths` names nothing, so it would hold nowhere";
        self.bad("overrides", value, message, help)
    }
}

#[cfg(test)]
mod tests {
    use crate::config::Config;
    use crate::config::read;
    use crate::diagnostic::Level;
    use crate::diagnostic::Severity;
    use crate::source::Source;

    fn config(text: &str) -> Result<Config, String> {
        read(&Source::new("wf.toml", text)).map_err(|error| error.to_string())
    }

    #[test]
    fn overrides_are_read_in_order() {
        let text = "[[overrides]]\npaths = [\"old/\", \"./a*.md\"]\n[overrides.rules]\nx = \"off\"\n[[overrides]]\nrules = { y = \"info\" }\npaths = [\"b.md\"]\n";
        let overrides = config(text).expect("valid").overrides;
        assert_eq!(overrides.len(), 2);
        for (path, holds) in [
            ("old/x.md", true),
            ("old", true),
            ("ab.md", true),
            ("b/ab.md", false),
            ("older.md", false),
        ] {
            assert_eq!(overrides[0].paths.is_match(path), holds, "{path}");
        }
        let (id, level) = &overrides[0].rules[0];
        assert_eq!(
            (id.value.as_str(), id.place.as_str(), *level),
            ("x", "wf.toml:4:1", Level::Off)
        );
        assert_eq!(overrides[1].rules[0].1, Level::On(Severity::Info));
        assert_eq!(config("overrides = []").expect("valid").overrides.len(), 0);
    }

    #[test]
    fn faults_have_a_place() {
        for (text, fault) in [
            (
                "[overrides]\npaths = [\"a\"]",
                "wf.toml:1:1: `overrides` wants an array of tables, not table",
            ),
            (
                "overrides = [1]",
                "wf.toml:1:14: `overrides` wants tables, not integer",
            ),
            (
                "[[overrides]]\nrules = {}",
                "wf.toml:1:1: `overrides`: `paths` names nothing",
            ),
            (
                "[[overrides]]\npaths = []\nrules = {}",
                "wf.toml:2:9: `overrides`: `paths` names nothing",
            ),
            (
                "[[overrides]]\npaths = [\"a\"]",
                "wf.toml:1:1: `overrides`: `rules` is missing",
            ),
            (
                "[[overrides]]\npath = [\"a\"]",
                "wf.toml:2:1: there is no key `path` in `[[overrides]]`",
            ),
            (
                "[[overrides]]\npaths = [\"a\", \"b[\"]",
                "wf.toml:2:15: `paths`: unclosed character class",
            ),
            (
                "[[overrides]]\npaths = [\"a\"]\nrules = { x = \"fatal\" }",
                "wf.toml:3:15: `x`: there is no level `fatal`",
            ),
        ] {
            let found = config(text).expect_err(text);
            assert!(found.starts_with(fault), "{found}");
        }
    }
}
