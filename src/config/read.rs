//! The parsed table of a `wf.toml` made a configuration.

use toml::Spanned;
use toml::de::DeInteger;
use toml::de::DeTable;
use toml::de::DeValue;

use crate::config::Audit;
use crate::config::Config;
use crate::config::ConfigError;
use crate::config::KEYS;
use crate::config::LARGEST_SIZE;
use crate::config::Located;
use crate::config::MOST_DAYS;
use crate::config::globs;
use crate::config::keys;
use crate::config::keys::Key;
use crate::diagnostic::Level;
use crate::nearest;
use crate::source::Source;

/// Read a configuration file's text.
pub fn read(source: &Source) -> Result<Config, ConfigError> {
    let table = DeTable::parse(source.text()).map_err(|error| ConfigError::Syntax {
        place: place(source, error.span().unwrap_or_default().start),
        message: error.message().to_owned(),
    })?;
    let reader = Reader { source };
    let mut config = Config::default();
    let mut excluded = None;
    for (key, value) in table.get_ref() {
        let name = reader.known(key, KEYS, "")?;
        match name {
            "paths" => config.paths = reader.folders(value)?,
            "exclude" => excluded = Some(value),
            "template" => {
                config.template =
                    Some(reader.path(name, value, "template = \"docs/our-template.md\"")?);
            }
            "baseline" => {
                config.baseline =
                    Some(reader.path(name, value, "baseline = \"wf-baseline.json\"")?);
            }
            "max-file-size" => {
                config.max_file_size = reader.size(name, value, "max-file-size = \"1MiB\"")?;
            }
            "audit" => config.audit = reader.audit(value)?,
            "rules" => config.rules = reader.rules(value)?,
            "overrides" => config.overrides = reader.overrides(value)?,
            "run" => config.run = reader.run(value)?,
            _ => unreachable!("the table has no other key"),
        }
    }
    // Which of what runs write is to be excluded depends on the other keys.
    config.exclude = reader.excluded(excluded, globs::of_records(&config))?;
    Ok(config)
}

fn place(source: &Source, offset: usize) -> String {
    let position = source.position(offset);
    format!("{}:{}:{}", source.path(), position.line, position.column)
}

pub(super) type Value<'a> = Spanned<DeValue<'a>>;

pub(super) struct Reader<'a> {
    source: &'a Source,
}

impl Reader<'_> {
    fn place<T>(&self, value: &Spanned<T>) -> String {
        place(self.source, value.span().start)
    }

    /// A key's name, if it is one of those that a table has.
    pub(super) fn known<T: AsRef<str>>(
        &self,
        key: &Spanned<T>,
        keys: &'static [Key],
        table: &'static str,
    ) -> Result<&'static str, ConfigError> {
        let name = key.get_ref().as_ref();
        let mut names = keys.iter().map(|key| key.name);
        if let Some(known) = names.clone().find(|known| *known == name) {
            return Ok(known);
        }
        Err(ConfigError::UnknownKey {
            place: self.place(key),
            key: name.to_owned(),
            table,
            nearest: nearest::nearest(name, &mut names).expect("every table has keys"),
        })
    }

    pub(super) fn wrong_type(
        &self,
        key: &str,
        value: &Value<'_>,
        wanted: &'static str,
        example: &'static str,
    ) -> ConfigError {
        ConfigError::WrongType {
            place: self.place(value),
            key: key.to_owned(),
            wanted,
            found: value.get_ref().type_str(),
            example,
        }
    }

    pub(super) fn bad<T>(
        &self,
        key: &str,
        value: &Spanned<T>,
        message: impl Into<String>,
        help: &'static str,
    ) -> ConfigError {
        ConfigError::BadValue {
            place: self.place(value),
            key: key.to_owned(),
            message: message.into(),
            help,
        }
    }

    /// The strings of an array, each with its value in the file.
    pub(super) fn strings<'v>(
        &self,
        key: &str,
        value: &'v Value<'_>,
        example: &'static str,
    ) -> Result<Vec<(&'v str, &'v Value<'v>)>, ConfigError> {
        let wanted = "an array of strings";
        let array = value
            .get_ref()
            .as_array()
            .ok_or_else(|| self.wrong_type(key, value, wanted, example))?;
        let strings = array.iter().map(|item| match item.get_ref().as_str() {
            Some(text) => Ok((text, item)),
            None => Err(self.wrong_type(key, item, "strings", example)),
        });
        strings.collect()
    }

    fn folders(&self, value: &Value<'_>) -> Result<Vec<String>, ConfigError> {
        let mut folders = Vec::new();
        for (text, item) in self.strings("paths", value, "paths = [\"workflows\"]")? {
            folders.push(self.inside("paths", text, item)?);
        }
        if folders.is_empty() {
            let help = "name the folders that hold workflows: `paths = [\"workflows\"]`";
            return Err(self.bad(
                "paths",
                value,
                "no folder is named, so nothing would be checked",
                help,
            ));
        }
        Ok(folders)
    }

    /// A path that stays inside the project, with `/`, without `.` parts.
    fn inside(&self, key: &str, text: &str, value: &Value<'_>) -> Result<String, ConfigError> {
        let help = "write it relative to the folder of wf.toml, inside that folder";
        let path = text.replace('\\', "/");
        let parts: Vec<&str> = path
            .split('/')
            .filter(|part| !part.is_empty() && *part != ".")
            .collect();
        if path.starts_with('/')
            || path.get(1..2) == Some(":")
            || parts.contains(&"..")
            || text.is_empty()
        {
            return Err(self.bad(
                key,
                value,
                format!("`{text}` is no path inside the project"),
                help,
            ));
        }
        Ok(parts.join("/"))
    }

    pub(super) fn path(
        &self,
        key: &str,
        value: &Value<'_>,
        example: &'static str,
    ) -> Result<Located<String>, ConfigError> {
        let text = value
            .get_ref()
            .as_str()
            .ok_or_else(|| self.wrong_type(key, value, "a string", example))?;
        Ok(Located {
            value: self.inside(key, text, value)?,
            place: self.place(value),
        })
    }

    /// A size from one byte to 1 GiB.
    pub(super) fn size(
        &self,
        key: &str,
        value: &Value<'_>,
        example: &'static str,
    ) -> Result<u64, ConfigError> {
        let size = match value.get_ref() {
            DeValue::String(text) => size(text),
            DeValue::Integer(number) => whole(number),
            _ => return Err(self.wrong_type(key, value, "a size", example)),
        };
        let help =
            "write a number with a unit, at least one byte and at most 1 GiB: `512KiB`, `2MiB`";
        size.filter(|size| (1..=LARGEST_SIZE).contains(size))
            .ok_or_else(|| self.bad(key, value, "that is no size", help))
    }

    fn audit(&self, value: &Value<'_>) -> Result<Audit, ConfigError> {
        let mut audit = Config::default().audit;
        let example = "audit.max-age-days = 180";
        let table = value
            .get_ref()
            .as_table()
            .ok_or_else(|| self.wrong_type("audit", value, "a table", example))?;
        for (key, value) in table {
            let name = self.known(key, keys::AUDIT, " in `[audit]`")?;
            let slot = match name {
                "warn-after-days" => &mut audit.warn_after_days,
                "max-age-days" => &mut audit.max_age_days,
                _ => unreachable!("the table has no other key"),
            };
            let number = value.get_ref().as_integer();
            let number = number.ok_or_else(|| {
                self.wrong_type(name, value, "a number of days", "max-age-days = 180")
            })?;
            let days = whole(number).and_then(|days| u32::try_from(days).ok());
            let days = days.filter(|&days| days <= MOST_DAYS);
            *slot = days.ok_or_else(|| {
                self.bad(
                    name,
                    value,
                    "that is no number of days",
                    "write a whole number from 0 to 36500",
                )
            })?;
        }
        Ok(audit)
    }

    pub(super) fn rules(
        &self,
        value: &Value<'_>,
    ) -> Result<Vec<(Located<String>, Level)>, ConfigError> {
        let example = "rules.broken-link = \"error\"";
        let table = value
            .get_ref()
            .as_table()
            .ok_or_else(|| self.wrong_type("rules", value, "a table", example))?;
        let mut rules = Vec::with_capacity(table.len());
        for (key, value) in table {
            let id = key.get_ref().as_ref();
            let example = "broken-link = \"error\"";
            let name = value
                .get_ref()
                .as_str()
                .ok_or_else(|| self.wrong_type(id, value, "a level", example))?;
            let level = Level::from_name(name).ok_or_else(|| {
                let help = "the levels are `error`, `warning`, `info` and `off`";
                self.bad(id, value, format!("there is no level `{name}`"), help)
            })?;
            let located = Located {
                value: id.to_owned(),
                place: self.place(key),
            };
            rules.push((located, level));
        }
        Ok(rules)
    }
}

/// A number of any base, if it is not negative.
pub(super) fn whole(number: &DeInteger<'_>) -> Option<u64> {
    u64::from_str_radix(number.as_str(), number.radix()).ok()
}

/// A size such as `1MiB`, in bytes.
fn size(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let factor: u64 = match text[digits..].trim() {
        "" | "B" => 1,
        "kB" | "KB" => 1000,
        "KiB" => 1 << 10,
        "MB" => 1_000_000,
        "MiB" => 1 << 20,
        "GB" => 1_000_000_000,
        "GiB" => 1 << 30,
        _ => return None,
    };
    text[..digits].parse::<u64>().ok()?.checked_mul(factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> String {
        read(&Source::new("wf.toml", text))
            .expect_err(text)
            .to_string()
    }

    #[test]
    fn every_key_is_read() {
        let text = "paths = [\"./a/\", \"b\"]\nexclude = [\"a/old\"]\ntemplate = \"t.md\"\nmax-file-size = \"2MiB\"\n[audit]\nwarn-after-days = 1\nmax-age-days = 2\n[rules]\nx = \"off\"\n";
        let config = read(&Source::new("wf.toml", text)).expect("valid");
        assert_eq!(config.paths, ["a", "b"]);
        assert!(config.exclude.is_match("a/old/x.md") && !config.exclude.is_match("a/older.md"));
        assert_eq!(config.template.expect("set").value, "t.md");
        assert_eq!(
            (config.max_file_size, config.audit.max_age_days),
            (2 << 20, 2)
        );
        assert_eq!(config.rules[0].0.place, "wf.toml:9:1");
        let text = "max-file-size = 0x1_000\naudit.max-age-days = 0b11";
        let config = read(&Source::new("wf.toml", text)).expect("valid");
        assert_eq!((config.max_file_size, config.audit.max_age_days), (4096, 3));
    }

    #[test]
    fn faults_have_a_place_and_a_reason() {
        assert_eq!(fault("path = []"), "wf.toml:1:1: there is no key `path`");
        assert_eq!(
            fault("[audit]\nmax-age = 1"),
            "wf.toml:2:1: there is no key `max-age` in `[audit]`"
        );
        assert_eq!(
            fault("\npaths = \"workflows\""),
            "wf.toml:2:9: `paths` wants an array of strings, not string"
        );
        assert_eq!(
            fault("paths = [\"a\", 1]"),
            "wf.toml:1:15: `paths` wants strings, not integer"
        );
        assert_eq!(
            fault("paths = [\"../a\"]"),
            "wf.toml:1:10: `paths`: `../a` is no path inside the project"
        );
        assert_eq!(
            fault("max-file-size = \"2 potatoes\""),
            "wf.toml:1:17: `max-file-size`: that is no size"
        );
        assert_eq!(
            fault("[rules]\na = \"fatal\""),
            "wf.toml:2:5: `a`: there is no level `fatal`"
        );
        assert!(fault("paths = [").starts_with("wf.toml:1:"));
        assert!(fault("exclude = [\"a[\"]").starts_with("wf.toml:1:12: `exclude`:"));
    }
}
