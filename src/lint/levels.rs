//! The level of each rule: everywhere, and in the files that an override is for.

use std::borrow::Cow;

use globset::GlobSet;

use crate::config::Config;
use crate::config::ConfigError;
use crate::config::Located;
use crate::diagnostic::Level;
use crate::diagnostic::Severity;
use crate::rules;
use crate::rules::RULES;

/// A rule's level, and whether it is configured rather than the rule's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleLevel {
    /// The level.
    pub level: Level,
    /// Whether it is configured.
    pub is_configured: bool,
}

impl RuleLevel {
    fn configured(level: Level) -> Self {
        Self {
            level,
            is_configured: true,
        }
    }

    /// The severity, if the rule runs.
    #[must_use]
    pub fn severity(self) -> Option<Severity> {
        match self.level {
            Level::Off => None,
            Level::On(severity) => Some(severity),
        }
    }
}

/// The levels of all rules, each by its place in [`RULES`].
#[derive(Debug)]
pub struct Levels {
    /// Where no override says otherwise.
    everywhere: Vec<RuleLevel>,
    /// The files and what holds for them; a later one wins.
    overrides: Vec<(GlobSet, Vec<(usize, Level)>)>,
}

impl Default for Levels {
    /// The rules' own.
    fn default() -> Self {
        let levels = RULES.iter().map(|rule| RuleLevel {
            level: rule.default,
            is_configured: false,
        });
        Self {
            everywhere: levels.collect(),
            overrides: Vec::new(),
        }
    }
}

impl Levels {
    /// What a configuration sets. A rule that it names and that is not there is an error.
    pub fn of(config: &Config) -> Result<Self, ConfigError> {
        let mut levels = Self::default();
        for (rule, level) in found(&config.rules)? {
            levels.everywhere[rule] = RuleLevel::configured(level);
        }
        for set in &config.overrides {
            levels
                .overrides
                .push((set.paths.clone(), found(&set.rules)?));
        }
        Ok(levels)
    }

    /// Set a rule's level for all files, whatever overrides say.
    pub fn set(&mut self, rule: usize, level: Level) {
        self.everywhere[rule] = RuleLevel::configured(level);
        for (_, rules) in &mut self.overrides {
            rules.retain(|(other, _)| *other != rule);
        }
    }

    /// Let these rules alone run, and each of them in all files, also where it is off.
    pub fn keep_only(&mut self, only: &[usize]) {
        let on = |rule: usize, level| match (level, RULES[rule].default) {
            (Level::Off, Level::Off) => Level::On(Severity::Warning),
            (Level::Off, default) => default,
            (level, _) => level,
        };
        for (rule, own) in self.everywhere.iter_mut().enumerate() {
            own.level = if only.contains(&rule) {
                on(rule, own.level)
            } else {
                Level::Off
            };
        }
        for (_, rules) in &mut self.overrides {
            rules.retain(|(rule, _)| only.contains(rule));
            for (rule, level) in rules {
                *level = on(*rule, *level);
            }
        }
    }

    /// The levels in a file, by its path relative to the project root.
    #[must_use]
    pub fn in_file(&self, path: &str) -> Cow<'_, [RuleLevel]> {
        let mut levels = Cow::Borrowed(self.everywhere.as_slice());
        for (_, rules) in self.overrides.iter().filter(|set| set.0.is_match(path)) {
            for &(rule, level) in rules {
                levels.to_mut()[rule] = RuleLevel::configured(level);
            }
        }
        levels
    }

    /// The levels of findings about a folder as a whole: what holds for all that lies in it holds for it too.
    #[must_use]
    pub fn in_folder(&self, path: &str) -> Cow<'_, [RuleLevel]> {
        if path.is_empty() {
            self.in_file(path)
        } else {
            self.in_file(&format!("{path}/"))
        }
    }

    /// Whether a rule runs in any file.
    #[must_use]
    pub fn can_run(&self, rule: usize) -> bool {
        let mut set = self.overrides.iter().flat_map(|(_, rules)| rules);
        self.everywhere[rule].level != Level::Off
            || set.any(|&(other, level)| other == rule && level != Level::Off)
    }
}

/// Levels with their rules looked up.
fn found(rules: &[(Located<String>, Level)]) -> Result<Vec<(usize, Level)>, ConfigError> {
    let found = rules.iter().map(|(id, level)| {
        let rule = rules::find(&id.value).ok_or_else(|| ConfigError::UnknownRule {
            place: id.place.clone(),
            rule: id.value.clone(),
            nearest: rules::nearest(&id.value),
        })?;
        Ok((rule, *level))
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;
    use crate::source::Source;

    const WARNING: Level = Level::On(Severity::Warning);
    const INFO: Level = Level::On(Severity::Info);

    fn levels(text: &str) -> Levels {
        let config = config::read(&Source::new("wf.toml", text)).expect("valid");
        Levels::of(&config).expect("the rules are there")
    }

    fn rule(id: &str) -> usize {
        rules::find(id).expect("it is there")
    }

    fn level(levels: &Levels, path: &str, id: &str) -> Level {
        levels.in_file(path)[rule(id)].level
    }

    const TEXT: &str = "[rules]\nmissing-title = \"info\"\n\
        [[overrides]]\npaths = [\"a/**\", \"b\"]\nrules = { missing-title = \"off\", stale-audit = \"off\" }\n\
        [[overrides]]\npaths = [\"a/x.md\"]\nrules = { missing-title = \"warning\" }\n";

    #[test]
    fn the_last_override_that_holds_wins() {
        let levels = levels(TEXT);
        let title = |path| level(&levels, path, "missing-title");
        assert_eq!(
            [
                title("c.md"),
                title("b/c.md"),
                title("a/y.md"),
                title("a/x.md")
            ],
            [INFO, Level::Off, Level::Off, WARNING]
        );
        assert_eq!(level(&levels, "a/x.md", "stale-audit"), Level::Off);
        assert!(matches!(levels.in_file("c.md"), Cow::Borrowed(_)));
        let audit = rule("stale-audit");
        assert!(levels.in_file("a/x.md")[audit].is_configured);
        assert!(!levels.in_file("c.md")[audit].is_configured);
    }

    #[test]
    fn what_holds_for_all_in_a_folder_holds_for_the_folder() {
        let levels = levels(TEXT);
        let title = |path| levels.in_folder(path)[rule("missing-title")].level;
        assert_eq!(
            [title("a"), title("b"), title("b/c"), title("c"), title("")],
            [Level::Off, Level::Off, Level::Off, INFO, INFO]
        );
    }

    #[test]
    fn the_command_line_wins() {
        let mut levels = levels(TEXT);
        levels.set(rule("missing-title"), INFO);
        assert_eq!(level(&levels, "a/x.md", "missing-title"), INFO);
        assert_eq!(level(&levels, "a/x.md", "stale-audit"), Level::Off);
        levels.keep_only(&[rule("stale-audit"), rule("unverified-step")]);
        for path in ["a/x.md", "c.md"] {
            assert_eq!(level(&levels, path, "missing-title"), Level::Off);
            assert_eq!(level(&levels, path, "stale-audit"), WARNING);
            assert_eq!(level(&levels, path, "unverified-step"), WARNING);
        }
    }

    #[test]
    fn a_rule_that_is_on_in_one_file_can_run() {
        let text = "[rules]\nmissing-title = \"off\"\nextra-title = \"off\"\n\
            [[overrides]]\npaths = [\"a\"]\nrules = { missing-title = \"error\", extra-title = \"off\" }\n";
        let levels = levels(text);
        assert!(levels.can_run(rule("missing-title")) && !levels.can_run(rule("extra-title")));
    }

    #[test]
    fn a_rule_that_is_not_there_has_its_place() {
        let text = "[[overrides]]\npaths = [\"a\"]\n[overrides.rules]\nmissing-tilte = \"off\"\n";
        let config = config::read(&Source::new("wf.toml", text)).expect("ids are kept as written");
        let error = Levels::of(&config).expect_err("no such rule").to_string();
        assert_eq!(error, "wf.toml:4:1: there is no rule `missing-tilte`");
    }
}
