//! A configuration as it is written: its values, each with its line.

use toml::de::DeTable;
use toml::de::DeValue;

use crate::source::Source;

/// A value of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// A text.
    Text(String),
    /// A whole number.
    Number(i64),
    /// An array.
    List(Vec<Written>),
    /// A table.
    Table(Vec<Entry>),
}

/// A key of a table with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub name: String,
    /// The line, from 1, that the key stands on.
    pub line: u32,
    /// The value.
    pub value: Written,
}

impl Written {
    /// The entry of that name, if this is a table that has it.
    #[must_use]
    pub fn entry(&self, name: &str) -> Option<&Entry> {
        match self {
            Self::Table(entries) => entries.iter().find(|entry| entry.name == name),
            _ => None,
        }
    }
}

/// The table that a valid file is; what [`crate::config::read`] refuses is not to be asked for.
#[must_use]
pub fn written(source: &Source) -> Written {
    let table = DeTable::parse(source.text()).expect("a configuration that was read is TOML");
    table_of(table.get_ref(), source)
}

/// A value of the table of keys: valid TOML.
#[must_use]
pub fn value(toml: &str) -> Written {
    let value = DeValue::parse(toml).expect("the table of keys holds TOML");
    value_of(value.get_ref(), &Source::new("", toml))
}

fn table_of(table: &DeTable<'_>, source: &Source) -> Written {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    let entries = entries.into_iter().map(|(key, value)| Entry {
        name: key.get_ref().to_string(),
        line: source.position(key.span().start).line,
        value: value_of(value.get_ref(), source),
    });
    Written::Table(entries.collect())
}

fn value_of(value: &DeValue<'_>, source: &Source) -> Written {
    match value {
        DeValue::Array(items) => {
            let items = items.iter().map(|item| value_of(item.get_ref(), source));
            Written::List(items.collect())
        }
        DeValue::Table(table) => table_of(table, source),
        DeValue::Integer(number) => {
            let number = i64::from_str_radix(number.as_str(), number.radix());
            Written::Number(number.expect("every number of a configuration is small"))
        }
        value => Written::Text(value.as_str().unwrap_or_default().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_has_the_line_of_its_key() {
        let text = "a = 0x10\n[t]\nc = [\n  'x',\n]\nb.d = \"y\"\n[[l]]\n[[l]]\ne = 1_000\n";
        let written = written(&Source::new("wf.toml", text));
        let entry = |value: &Written, name: &str| value.entry(name).expect(name).clone();
        assert_eq!(entry(&written, "a").value, Written::Number(16));
        let table = entry(&written, "t").value;
        let list = entry(&table, "c");
        assert_eq!(
            (list.line, list.value),
            (3, Written::List(vec![Written::Text("x".to_owned())]))
        );
        assert_eq!(entry(&entry(&table, "b").value, "d").line, 6);
        let Written::List(tables) = entry(&written, "l").value else {
            panic!("an array of tables is a list");
        };
        let number = entry(&tables[1], "e");
        assert_eq!((number.line, number.value), (9, Written::Number(1000)));
        assert_eq!(tables[0].entry("e"), None);
    }
}
