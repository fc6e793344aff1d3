//! Globs of a `wf.toml`.

use globset::Glob;
use globset::GlobBuilder;
use globset::GlobSet;
use globset::GlobSetBuilder;

use crate::config::Config;
use crate::config::ConfigError;
use crate::config::read::Reader;
use crate::config::read::Value;

/// What runs write among the workflows of a project, and is none of them: the known errors, which git does not ignore.
pub(super) fn of_records(config: &Config) -> Option<Glob> {
    let path = &config.run.known_errors;
    let holds = |folder: &String| {
        let rest = path.strip_prefix(folder.as_str());
        folder.is_empty() || rest.is_some_and(|rest| rest.starts_with('/'))
    };
    if !config.paths.iter().any(holds) {
        return None;
    }
    glob(&globset::escape(path)).ok()
}

fn glob(text: &str) -> Result<Glob, globset::Error> {
    GlobBuilder::new(text).literal_separator(true).build()
}

impl Reader<'_> {
    /// What globs match, and all that lies below it.
    pub(super) fn globs(
        &self,
        key: &str,
        value: &Value<'_>,
        example: &'static str,
    ) -> Result<GlobSet, ConfigError> {
        self.globs_and(key, value, example, None)
    }

    /// What is left out: what the globs of `exclude` match, and what is none of the workflows anyway.
    pub(super) fn excluded(
        &self,
        value: Option<&Value<'_>>,
        records: Option<Glob>,
    ) -> Result<GlobSet, ConfigError> {
        let example = "exclude = [\"workflows/archive/**\"]";
        if let Some(value) = value {
            return self.globs_and("exclude", value, example, records);
        }
        let mut set = GlobSetBuilder::new();
        if let Some(glob) = records {
            set.add(glob);
        }
        Ok(set.build().expect("one glob is not too much"))
    }

    fn globs_and(
        &self,
        key: &str,
        value: &Value<'_>,
        example: &'static str,
        more: Option<Glob>,
    ) -> Result<GlobSet, ConfigError> {
        let mut set = GlobSetBuilder::new();
        let help = "globs are like those of .gitignore: `workflows/archive/**`, `**/draft-*.md`";
        for (text, item) in self.strings(key, value, example)? {
            let pattern = text
                .strip_prefix("./")
                .unwrap_or(text)
                .trim_end_matches('/');
            for text in [pattern, &format!("{pattern}/**")] {
                let fault =
                    |error: globset::Error| self.bad(key, item, error.kind().to_string(), help);
                set.add(glob(text).map_err(fault)?);
            }
        }
        if let Some(glob) = more {
            set.add(glob);
        }
        set.build()
            .map_err(|error| self.bad(key, value, error.to_string(), help))
    }
}

#[cfg(test)]
mod tests {
    use crate::config::read;
    use crate::source::Source;

    #[test]
    fn known_errors_are_no_workflow() {
        for (text, is_excluded) in [
            ("paths = ['docs']", true),
            ("paths = ['.']\nexclude = ['x']", true),
            ("paths = ['docs']\nrun.known-errors = 'docs/[a].md'", false),
            ("paths = ['doc']", false),
            ("", false),
        ] {
            let config = read(&Source::new("wf.toml", text)).expect("valid");
            let found = config.exclude.is_match("docs/fix_this_error.md");
            assert_eq!(found, is_excluded, "{text}");
            assert_eq!(
                config.exclude.is_match("docs/[a].md"),
                text.contains("[a]"),
                "{text}"
            );
        }
    }
}
