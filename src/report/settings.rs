//! The configuration in force: every value with where it comes from, as TOML and as JSON.

use anstyle::Style;
use serde_json::Value;
use serde_json::json;

use crate::config;
use crate::config::Entry;
use crate::config::KEYS;
use crate::config::Written;
use crate::config::keys::Fallback;
use crate::config::keys::Key;
use crate::config::keys::Kind;
use crate::printable;
use crate::report::page;
use crate::rules::RULES;
use crate::source::Source;

/// The version of the JSON's shape.
const VERSION: u32 = 1;
/// Where values come from that nobody has set.
const DEFAULT: &str = "default";
/// Comments stand in this column at most, unless the value is longer.
const COLUMN: usize = 60;

/// What is in force.
#[derive(Debug)]
pub struct Settings {
    /// The file's path as it is shown; `None` where there is none.
    file: Option<String>,
    /// The project root as it is shown.
    root: String,
    nodes: Vec<(String, Node)>,
}

#[derive(Debug)]
enum Node {
    Leaf(Leaf),
    Table(Vec<(String, Node)>),
    /// Entries that have no default, and where the table of them comes from.
    Map(Vec<(String, Leaf)>, String),
    /// Tables, and where the array of them comes from.
    Tables(Vec<Vec<(String, Node)>>, String),
}

#[derive(Debug)]
struct Leaf {
    value: Option<Value>,
    /// What is said instead of a value that TOML cannot say.
    instead: Option<String>,
    from: String,
}

impl Settings {
    /// What a valid configuration file sets, and what holds where it sets nothing, in a project.
    #[must_use]
    pub fn of(file: Option<&Source>, root: String) -> Self {
        let written = file.map(config::written);
        let path = file.map(|file| printable::one_line(file.path()));
        let settings = Self {
            file: path,
            root,
            nodes: Vec::new(),
        };
        Self {
            nodes: settings.nodes(KEYS, written.as_ref()),
            ..settings
        }
    }

    fn nodes(&self, keys: &[Key], table: Option<&Written>) -> Vec<(String, Node)> {
        let nodes = keys.iter().map(|key| {
            let entry = table.and_then(|table| table.entry(key.name));
            let value = entry.map(|entry| &entry.value);
            let from = || self.from(entry);
            let node = match key.kind {
                Kind::Table(keys) => Node::Table(self.nodes(keys, value)),
                Kind::Tables(keys) => {
                    let tables = items(value).map(|table| self.nodes(keys, Some(table)));
                    Node::Tables(tables.collect(), from())
                }
                Kind::Levels if !matches!(key.fallback, Fallback::Required) => {
                    Node::Table(self.levels(value))
                }
                Kind::Levels | Kind::Variables | Kind::Programs => {
                    let leaf = |entry: &Entry| (entry.name.clone(), self.set(entry));
                    Node::Map(entries(value).map(leaf).collect(), from())
                }
                _ => Node::Leaf(entry.map_or_else(|| fallback(key), |entry| self.set(entry))),
            };
            (key.name.to_owned(), node)
        });
        nodes.collect()
    }

    /// Every rule: its configured level, or its own.
    fn levels(&self, table: Option<&Written>) -> Vec<(String, Node)> {
        let levels = RULES.iter().map(|rule| {
            let entry = table.and_then(|table| table.entry(rule.id));
            let leaf = entry.map_or_else(
                || {
                    let own = page::fact(rule.page, "severity").unwrap_or_default();
                    Leaf {
                        value: Some(rule.default.name().into()),
                        // Of these the level alone would say less, and set more.
                        instead: (own != rule.default.name()).then(|| own.to_owned()),
                        from: DEFAULT.to_owned(),
                    }
                },
                |entry| self.set(entry),
            );
            (rule.id.to_owned(), Node::Leaf(leaf))
        });
        levels.collect()
    }

    fn set(&self, entry: &Entry) -> Leaf {
        Leaf {
            value: Some(value_of(&entry.value)),
            instead: None,
            from: self.from(Some(entry)),
        }
    }

    /// Where a value comes from: its file and line, if it is set.
    fn from(&self, entry: Option<&Entry>) -> String {
        match (&self.file, entry) {
            (Some(file), Some(entry)) => format!("{file}:{}", entry.line),
            _ => DEFAULT.to_owned(),
        }
    }

    /// One object for programs; each value with where it comes from.
    #[must_use]
    pub fn json(&self) -> Value {
        json!({
            "version": VERSION,
            "root": self.root,
            "file": self.file,
            "settings": object(&self.nodes),
        })
    }

    /// A `wf.toml` that says what is in force, with comments in a style.
    #[must_use]
    pub fn toml(&self, style: Style) -> String {
        let root = printable::one_line(&self.root);
        let title = match &self.file {
            Some(file) => format!("# In force in `{root}`: what `{file}` sets, and the defaults."),
            None => format!("# In force in `{root}`: the defaults; no wf.toml sets anything."),
        };
        let mut writer = Writer {
            text: format!("{style}{title}{style:#}\n"),
            style,
        };
        writer.table(&self.nodes);
        writer.text
    }
}

/// The tables of an array, if there is one.
fn items(value: Option<&Written>) -> impl Iterator<Item = &Written> {
    let items = match value {
        Some(Written::List(items)) => items.as_slice(),
        _ => &[],
    };
    items.iter()
}

/// The entries of a table, if there is one.
fn entries(value: Option<&Written>) -> impl Iterator<Item = &Entry> {
    let entries = match value {
        Some(Written::Table(entries)) => entries.as_slice(),
        _ => &[],
    };
    entries.iter()
}

/// What holds where a key is not set.
fn fallback(key: &Key) -> Leaf {
    let (value, instead) = match key.fallback {
        Fallback::Value(toml) => (Some(value_of(&config::value(toml))), None),
        Fallback::Without(words) => (None, Some(words.to_owned())),
        Fallback::Required => (None, None),
    };
    Leaf {
        value,
        instead,
        from: DEFAULT.to_owned(),
    }
}

/// A value as JSON has it.
#[must_use]
pub fn value_of(value: &Written) -> Value {
    match value {
        Written::Text(text) => text.as_str().into(),
        Written::Number(number) => (*number).into(),
        Written::List(items) => items.iter().map(value_of).collect(),
        Written::Table(entries) => {
            let entries = entries.iter();
            entries
                .map(|entry| (entry.name.clone(), value_of(&entry.value)))
                .collect()
        }
    }
}

fn object(nodes: &[(String, Node)]) -> Value {
    let leaf = |leaf: &Leaf| json!({ "value": leaf.value, "from": leaf.from });
    let value = |node: &Node| match node {
        Node::Leaf(own) => leaf(own),
        Node::Table(nodes) => object(nodes),
        Node::Map(entries, _) => {
            let entries = entries.iter();
            entries
                .map(|(name, own)| (name.clone(), leaf(own)))
                .collect()
        }
        Node::Tables(tables, _) => tables.iter().map(|nodes| object(nodes)).collect(),
    };
    let nodes = nodes.iter();
    nodes
        .map(|(name, node)| (name.clone(), value(node)))
        .collect()
}

struct Writer {
    text: String,
    style: Style,
}

impl Writer {
    /// Write the values of a table, then the tables in it: TOML wants them in this order.
    fn table(&mut self, nodes: &[(String, Node)]) {
        let mut lines = Vec::new();
        for (name, node) in nodes {
            match node {
                Node::Leaf(leaf) => lines.push(line(&key(name), leaf)),
                Node::Map(entries, from) if entries.is_empty() => {
                    lines.push((format!("{name} = {{}}"), from.clone()));
                }
                Node::Map(entries, _) => lines.extend(
                    entries
                        .iter()
                        .map(|(inner, leaf)| line(&format!("{name}.{}", key(inner)), leaf)),
                ),
                Node::Tables(tables, from) if tables.is_empty() => {
                    lines.push((format!("{name} = []"), from.clone()));
                }
                Node::Table(_) | Node::Tables(..) => {}
            }
        }
        self.lines(&lines);
        for (name, node) in nodes {
            match node {
                Node::Table(nodes) => {
                    self.text.push_str(&format!("\n[{name}]\n"));
                    self.table(nodes);
                }
                Node::Tables(tables, _) => {
                    for nodes in tables {
                        self.text.push_str(&format!("\n[[{name}]]\n"));
                        self.table(nodes);
                    }
                }
                Node::Leaf(_) | Node::Map(..) => {}
            }
        }
    }

    /// Write lines with their comments below one another.
    fn lines(&mut self, lines: &[(String, String)]) {
        let widths = lines.iter().map(|(line, _)| line.chars().count());
        let width = widths.filter(|width| *width <= COLUMN).max().unwrap_or(0);
        let style = self.style;
        for (line, from) in lines {
            let comment = format!("{style}# {from}{style:#}");
            // What is a comment already is set off in the same way.
            if line.starts_with('#') {
                self.text
                    .push_str(&format!("{style}{line:width$}{style:#}  {comment}\n"));
            } else {
                self.text.push_str(&format!("{line:width$}  {comment}\n"));
            }
        }
    }
}

/// The line that says a value, and where it comes from.
fn line(name: &str, leaf: &Leaf) -> (String, String) {
    let line = match (&leaf.instead, &leaf.value) {
        (Some(words), _) => format!("# {name}: {words}"),
        (None, value) => format!("{name} = {}", value.as_ref().map(toml).unwrap_or_default()),
    };
    (line, leaf.from.clone())
}

/// A value as TOML has it.
fn toml(value: &Value) -> String {
    let joined = |items: Vec<String>| items.join(", ");
    match value {
        Value::String(text) => quoted(text),
        Value::Array(items) => format!("[{}]", joined(items.iter().map(toml).collect())),
        Value::Object(entries) => {
            let entry =
                |(name, value): (&String, &Value)| format!("{} = {}", key(name), toml(value));
            format!("{{{}}}", joined(entries.iter().map(entry).collect()))
        }
        other => other.to_string(),
    }
}

fn key(name: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !name.is_empty() && name.chars().all(is_bare) {
        name.to_owned()
    } else {
        quoted(name)
    }
}

/// A basic string; in it nothing stands as itself that steers a terminal.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if printable::is_unsafe(c) => {
                quoted.push_str(&format!("\\U{:08X}", u32::from(c)));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_read_back_and_steer_nothing() {
        let text = "a\"b\\c\n\t\r\u{1b}\u{7f}\u{202e}\u{e0041}é";
        let toml = quoted(text);
        assert!(!toml.contains(|c: char| c.is_control() || printable::is_unsafe(c)));
        assert_eq!(config::value(&toml), Written::Text(text.to_owned()));
        assert_eq!(
            [key("A-b_1"), key("a.b"), key("")],
            ["A-b_1", "\"a.b\"", "\"\""]
        );
    }

    #[test]
    fn what_is_in_force_reads_back_as_such() {
        let text = "exclude = ['x\"y']\n[rules]\nstale-audit = 'off'\n[[overrides]]\npaths = ['a']\n\
            rules = {}\n[[overrides]]\nrules.missing-title = 'info'\npaths = ['b']\n\
            [run.env]\nA = '1'\n[run.interpreters]\n\"c++\" = ['cc', '-x']\n";
        for file in [None, Some(Source::new("wf.toml", text))] {
            let settings = Settings::of(file.as_ref(), ".".to_owned());
            let again = Source::new("wf.toml", settings.toml(Style::new()));
            config::read(&again).expect("it is a configuration");
            let again = Settings::of(Some(&again), ".".to_owned());
            assert_eq!(values(&again.json()), values(&settings.json()));
        }
    }

    /// The JSON without where its values come from.
    fn values(json: &Value) -> Value {
        match json {
            Value::Object(object) => object
                .iter()
                .filter(|(name, _)| !matches!(name.as_str(), "from" | "file"))
                .map(|(name, value)| (name.clone(), values(value)))
                .collect(),
            Value::Array(items) => items.iter().map(values).collect(),
            other => other.clone(),
        }
    }
}
