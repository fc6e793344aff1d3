//! The schema that `wf config schema` prints takes what the program takes, and refuses what it refuses.

use std::fs;
use std::path::Path;

use jsonschema::Validator;
use serde_json::Value;
use serde_json::json;
use walkdir::WalkDir;

#[cfg(unix)]
use crate::formats::consumers;
use crate::json;
use crate::project::Project;
use crate::project::Run;
use crate::readme;

fn wf(project: &Project, arguments: &[&str]) -> Run {
    Run::of(&project.wf().args(arguments).output().unwrap())
}

fn schema() -> Value {
    let run = wf(&Project::new(), &["config", "schema"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    serde_json::from_str(&run.out).unwrap()
}

fn validator() -> Validator {
    jsonschema::draft7::new(&schema()).unwrap()
}

/// Whether the program takes a configuration, and whether the schema does.
fn judged(validator: &Validator, text: &str) -> (bool, bool) {
    let project = Project::new();
    project.write("wf.toml", text);
    let run = wf(&project, &["config", "show"]);
    assert!(matches!(run.code, 0 | 2), "{run:?}");
    assert_eq!(
        run.code == 2,
        run.err.starts_with("error: wf.toml:"),
        "{run:?}"
    );
    let value: Value = toml::from_str(text).unwrap_or_else(|error| panic!("{error} in {text}"));
    (run.code == 0, validator.is_valid(&value))
}

const TAKEN: [&str; 27] = [
    "baseline = \"ci/known.json\"",
    "",
    "paths = [\".\", \"./a/b/\", \"é:x\", \"a..b\", \"...\"]",
    "exclude = []",
    "exclude = [\"a/**\", \"\"]",
    "template = \"docs\\\\our-template.md\"",
    "max-file-size = 1073741824",
    "max-file-size = 0x10",
    "max-file-size = \" 0512 KiB \"",
    "max-file-size = \"1GiB\"",
    "max-file-size = \"1\"",
    "[audit]",
    "audit = { warn-after-days = 0, max-age-days = 36_500 }",
    "[rules]\nmissing-title = \"off\"\nstale-audit = \"info\"",
    "overrides = []",
    "[[overrides]]\npaths = [\"a\"]\nrules = {}\n[[overrides]]\npaths = [\"b\"]\nrules.missing-title = \"error\"",
    "[run]\ntimeout = \"1h 30m\"\ngrace = \"0s\"\nretry-delay = \"1.5 s\"",
    "run.timeout = \"500ms\"",
    "run.grace = \"1 month 2weeks 3 0 days\"",
    "run.rollback = \"step\"",
    "run.max-output = \"1kB\"",
    "run.env = { A = \"\", _b1 = \"x\", wf_x = \"1\" }",
    "run.interpreters = { ruby = [\"ruby\"], \"c++\" = [\"cc\", \"\"], \"\" = [\"x\"] }",
    "run.record = \"var/.git\"",
    "run = { errors = \".github\", record = \"./.memory\" }",
    "run.known-errors = \"KNOWN.md\"",
    "[run]\nnotify = [\"tell\", \"\"]\nnotify-on = [\"succeeded\", \"failed\", \"undone\", \"stuck\", \"waiting\", \"suspended\"]",
];

const REFUSED: [&str; 52] = [
    "baseline = \"/tmp/known.json\"",
    "baseline = true",
    "path = [\"a\"]",
    "\"$schema\" = \"x\"",
    "paths = []",
    "paths = \"a\"",
    "paths = [1]",
    "paths = [\"\"]",
    "paths = [\"/a\"]",
    "paths = [\"\\\\a\"]",
    "paths = [\"C:/a\"]",
    "paths = [\"a/../b\"]",
    "paths = [\"..\"]",
    "exclude = \"a\"",
    "exclude = [true]",
    "template = [\"a\"]",
    "template = \"../a\"",
    "template = \"\"",
    "max-file-size = 0",
    "max-file-size = -1",
    "max-file-size = 1073741825",
    "max-file-size = 1.5",
    "max-file-size = \"\"",
    "max-file-size = \"0 KiB\"",
    "max-file-size = \"2GiB\"",
    "max-file-size = \"1 mib\"",
    "max-file-size = \"1.5MiB\"",
    "audit = 1",
    "audit.max-age = 1",
    "audit.max-age-days = \"1\"",
    "audit.max-age-days = 36_501",
    "audit.warn-after-days = -1",
    "rules = []",
    "rules.missing-titel = \"off\"",
    "rules.missing-title = \"fatal\"",
    "rules.missing-title = false",
    "[overrides]\npaths = [\"a\"]\nrules = {}",
    "overrides = [\"a\"]",
    "[[overrides]]\nrules = {}",
    "[[overrides]]\npaths = [\"a\"]",
    "[[overrides]]\npaths = []\nrules = {}",
    "[[overrides]]\npaths = [\"a\"]\nrules.missing-titel = \"off\"",
    "[[overrides]]\npaths = [\"a\"]\nrules = {}\nfiles = []",
    "run = []",
    "run.timeouts = \"1s\"",
    "run.timeout = \"0s\"",
    "run.grace = 5",
    "run.retry-delay = \"soon\"",
    "run.rollback = \"all\"",
    "run.env = { \"2\" = \"x\" }",
    "run.env.WF_RUN = \"x\"",
    "run.env.A = 1",
];

const ALSO_REFUSED: [&str; 13] = [
    "run.interpreters.ruby = []",
    "run.interpreters.ruby = [\"\"]",
    "run.interpreters.ruby = \"ruby\"",
    "run.record = \".\"",
    "run.record = \"./.git/wf\"",
    "run.errors = \"../errors\"",
    "run.errors = 1",
    "run.max-output = \"1 potato\"",
    "run.known-errors = \".\"",
    "run.notify = []",
    "run.notify = \"tell\"",
    "run.notify-on = [\"lost\"]",
    "run.notify-on = \"failed\"",
];

/// What no schema can say: the rest is left to the program.
const BEYOND: [&str; 5] = [
    "exclude = [\"[a\"]",
    "[[overrides]]\npaths = [\"[a\"]\nrules = {}",
    "max-file-size = \"1025MiB\"",
    "run.interpreters.ruby = [\"\", \"-w\"]",
    "run.env.A = \"\\u0000\"",
];

#[test]
fn the_schema_takes_what_the_program_takes() {
    let validator = validator();
    for text in TAKEN {
        assert_eq!(judged(&validator, text), (true, true), "{text}");
    }
    for text in readme::blocks(&readme::readme(), "toml") {
        assert_eq!(judged(&validator, &text), (true, true), "{text}");
    }
    let repository = WalkDir::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests"));
    let files = repository.into_iter().map(Result::unwrap);
    let mut taken = 0;
    for file in files.filter(|file| file.file_name() == "wf.toml") {
        let text = fs::read_to_string(file.path()).unwrap();
        assert_eq!(judged(&validator, &text), (true, true), "{file:?}");
        taken += 1;
    }
    assert!(taken > 3);
}

#[test]
fn the_schema_refuses_what_the_program_refuses() {
    let validator = validator();
    for text in REFUSED.iter().chain(&ALSO_REFUSED) {
        assert_eq!(judged(&validator, text), (false, false), "{text}");
    }
    for text in BEYOND {
        assert_eq!(judged(&validator, text), (false, true), "{text}");
    }
}

#[test]
#[cfg(unix)]
fn the_schema_is_strict_enough_for_schema_store() {
    // SchemaStore compiles each schema with Ajv in its strict mode, and tries files that are right and that are not.
    let script = "const Ajv = require('ajv');\n\
        const [schema, good, bad] = JSON.parse(require('fs').readFileSync(0, 'utf8'));\n\
        const validate = new Ajv({ strict: true, allErrors: true }).compile(schema);\n\
        console.log(JSON.stringify([good, bad].map(texts => texts.map(text => validate(text)))));";
    let read = |text: &&str| toml::from_str::<Value>(text).unwrap();
    let good: Vec<Value> = TAKEN.iter().map(read).collect();
    let bad = REFUSED
        .iter()
        .filter(|text| toml::from_str::<Value>(text).is_ok());
    let bad: Vec<Value> = bad.map(read).collect();
    let judged = consumers::node(script, &json!([schema(), good, bad]).to_string());
    let judged: [Vec<bool>; 2] = serde_json::from_str(&judged).unwrap();
    assert!(judged[0].iter().all(|is_taken| *is_taken), "{judged:?}");
    assert!(
        judged[1].len() > 5 && judged[1].iter().all(|is_taken| !is_taken),
        "{judged:?}"
    );
    // Its catalogue finds the file by its name, and the schema by this address.
    assert_eq!(schema()["$id"], "https://json.schemastore.org/wf.json");
}

#[test]
fn the_schema_is_whole() {
    let schema = schema();
    json::assert_described(&schema);
    assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#");
    assert!(schema["$id"].as_str().unwrap().starts_with("https://"));
    let rules = schema["definitions"]["rules"]["properties"]
        .as_object()
        .unwrap();
    assert_eq!(rules.len(), wf::rules::RULES.len());
    for rule in wf::rules::RULES {
        assert_eq!(rules[rule.id]["default"], rule.default.name());
    }
    let mut values = 0;
    walk(&schema, &schema["definitions"], &mut values);
    assert!(values > 100, "{values} defaults and examples");
}

/// Every table is closed, and every default and example is a value that its own schema takes.
fn walk(schema: &Value, definitions: &Value, values: &mut usize) {
    let Some(object) = schema.as_object() else {
        return;
    };
    if object.contains_key("properties") {
        assert_eq!(schema["additionalProperties"], false, "{schema}");
    }
    let own = json!({ "definitions": definitions, "allOf": [schema] });
    let examples = schema["examples"].as_array().into_iter().flatten();
    for value in examples.chain(object.get("default")) {
        *values += 1;
        let validator = jsonschema::draft7::new(&own).unwrap();
        assert!(validator.is_valid(value), "{value} in {schema}");
    }
    for key in ["properties", "definitions"] {
        let inner = object.get(key).and_then(Value::as_object);
        for schema in inner.into_iter().flat_map(|inner| inner.values()) {
            walk(schema, definitions, values);
        }
    }
    if let Some(items) = object.get("items") {
        walk(items, definitions, values);
    }
}
