//! The JSON Schema of `wf.toml`, draft 7 as [SchemaStore](https://www.schemastore.org) has it, made from the tables of
//! keys and rules. What a schema cannot say is left to the program: whether a glob is well-formed, and how many bytes a
//! number with a unit is, for example.

use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::config;
use crate::config::KEYS;
use crate::config::keys::Fallback;
use crate::config::keys::Key;
use crate::config::keys::Kind;
use crate::diagnostic::Level;
use crate::report::page;
use crate::report::settings;
use crate::rules::RULES;

/// Paths that are absolute, or leave the folder that they are read from.
const OUTSIDE: &str = r"^[/\\]|^[ -~]:|(^|[/\\])\.\.([/\\]|$)";
/// Paths of the project root itself, and of Git's own folder.
const NO_RECORD: &str = r"^[./\\]*$|^(\.?[/\\])*\.git([/\\]|$)";
/// A number above zero, and perhaps a unit; 1 GiB is the largest.
const SIZE: &str = r"^\s*(0*1\s*Gi?B|0*[1-9][0-9]*\s*(B|[kK]B|KiB|MB|MiB)?)\s*$";
/// Numbers with units, as humantime reads them.
const DURATION: &str = r"^\s*([0-9][0-9\s]*(\.[0-9\s]*[0-9][0-9\s]*)?(nanos|nsec|ns|usec|us|µs|millis|msec|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|wks?|w|months?|M|years?|yrs?|y)\s*)+$";

/// The schema.
#[must_use]
pub fn schema() -> Value {
    let mut schema = table(KEYS);
    let head = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": "https://json.schemastore.org/wf.json",
        "title": "wf.toml",
        "description": format!(
            "The configuration of wf, which lints and runs Markdown workflow documents: {}",
            env!("CARGO_PKG_REPOSITORY")
        ),
        "definitions": {
            "path": {
                "description": "A path inside the project, relative to the folder of this file.",
                "type": "string",
                "minLength": 1,
                "not": { "pattern": OUTSIDE },
            },
            "rules": rules(),
        },
    });
    extend(&mut schema, head);
    schema
}

fn extend(schema: &mut Value, more: Value) {
    if let (Value::Object(schema), Value::Object(more)) = (schema, more) {
        schema.extend(more);
    }
}

/// A table of these keys and no others.
fn table(keys: &[Key]) -> Value {
    let properties: Map<String, Value> = keys
        .iter()
        .map(|key| (key.name.to_owned(), property(key)))
        .collect();
    let mut schema = json!({
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
    });
    let is_required = |key: &&Key| matches!(key.fallback, Fallback::Required);
    let required: Vec<&str> = keys
        .iter()
        .filter(is_required)
        .map(|key| key.name)
        .collect();
    if !required.is_empty() {
        extend(&mut schema, json!({ "required": required }));
    }
    schema
}

fn property(key: &Key) -> Value {
    let mut schema = values(key.kind);
    let about = match key.fallback {
        Fallback::Without(words) => format!("{} Without it: {words}.", key.about),
        Fallback::Value(_) | Fallback::Required => key.about.to_owned(),
    };
    let example = settings::value_of(&config::value(key.example));
    extend(
        &mut schema,
        json!({ "description": about, "examples": [example] }),
    );
    // A table's default is that of its keys.
    if let (Fallback::Value(toml), false) = (key.fallback, matches!(key.kind, Kind::Table(_))) {
        let default = settings::value_of(&config::value(toml));
        extend(&mut schema, json!({ "default": default }));
    }
    schema
}

fn values(kind: Kind) -> Value {
    let path = json!({ "$ref": "#/definitions/path" });
    match kind {
        Kind::Folders => json!({ "type": "array", "items": path, "minItems": 1 }),
        Kind::Globs(least) => {
            json!({ "type": "array", "items": { "type": "string" }, "minItems": least })
        }
        Kind::Path => json!({ "allOf": [path] }),
        Kind::Record => {
            json!({ "allOf": [path], "type": "string", "not": { "pattern": NO_RECORD } })
        }
        Kind::Size => json!({ "anyOf": [
            { "type": "string", "pattern": SIZE },
            { "type": "integer", "minimum": 1, "maximum": config::LARGEST_SIZE },
        ] }),
        Kind::Days => json!({ "type": "integer", "minimum": 0, "maximum": config::MOST_DAYS }),
        Kind::Jobs => json!({ "type": "integer", "minimum": 1, "maximum": config::MOST_JOBS }),
        Kind::Duration(true) => json!({ "type": "string", "pattern": DURATION }),
        Kind::Duration(false) => json!({ "allOf": [
            { "type": "string", "pattern": DURATION },
            { "type": "string", "pattern": "[1-9]" },
        ] }),
        Kind::Word(words) => json!({ "type": "string", "enum": words }),
        Kind::Levels => json!({ "allOf": [{ "$ref": "#/definitions/rules" }] }),
        Kind::Variables => json!({
            "type": "object",
            "propertyNames": {
                "type": "string",
                "pattern": "^[A-Za-z_][A-Za-z0-9_]*$",
                "not": { "pattern": "^WF_" },
            },
            "additionalProperties": { "type": "string" },
        }),
        Kind::Programs => json!({ "type": "object", "additionalProperties": program() }),
        Kind::Program => program(),
        Kind::Words(words) => {
            json!({ "type": "array", "items": { "type": "string", "enum": words } })
        }
        Kind::Table(keys) => table(keys),
        Kind::Tables(keys) => json!({ "type": "array", "items": table(keys) }),
    }
}

/// A program with its arguments.
fn program() -> Value {
    json!({
        "type": "array",
        "items": { "type": "string" },
        "not": { "const": [""] },
        "minItems": 1,
    })
}

/// A table of rules with their levels.
fn rules() -> Value {
    let rules = RULES.iter().map(|rule| {
        let own = page::fact(rule.page, "severity").unwrap_or_default();
        let gist = page::gist(rule.page);
        let gist = gist.trim_end_matches([':', '.']);
        let schema = json!({
            "description": format!("{gist}. Without a level: {own}."),
            "type": "string",
            "enum": Level::NAMES,
            "default": rule.default.name(),
        });
        (rule.id.to_owned(), schema)
    });
    json!({
        "description": "Rules and their levels.",
        "type": "object",
        "additionalProperties": false,
        "properties": rules.collect::<Map<String, Value>>(),
    })
}
