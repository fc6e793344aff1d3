//! The Python wheel holds the programs, and everything that names a version names that of this source.

use std::fs;
use std::path::Path;

use crate::project;
use crate::project::Project;
use crate::tools;
use crate::tools::Environment;
use crate::tools::Tools;

const VERSION: &str = env!("CARGO_PKG_VERSION");

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn toml(path: &str) -> toml::Table {
    let text = fs::read_to_string(root().join(path)).unwrap();
    text.parse().unwrap()
}

#[test]
fn it_holds_the_programs_and_the_licences() {
    let tools = Tools::get();
    let unpacked = Project::new();
    let mut unpack = tools.command("python");
    unpack
        .args(["-m", "zipfile", "-e"])
        .arg(&tools.wheel)
        .arg(unpacked.path());
    assert!(unpack.status().unwrap().success());
    let part = |ending: &str| {
        let mut parts = fs::read_dir(unpacked.path()).unwrap();
        let part = parts.find_map(|part| {
            let path = part.unwrap().path();
            path.to_str().unwrap().ends_with(ending).then_some(path)
        });
        part.unwrap_or_else(|| panic!("no part {ending}"))
    };
    for program in toml("Cargo.toml")["bin"].as_array().unwrap() {
        let name = program["name"].as_str().unwrap();
        let bytes = fs::read(part(".data").join("scripts").join(name)).unwrap();
        let has_symbols = bytes.windows(7).any(|part| part == b".symtab");
        assert!(!has_symbols, "{name} is not stripped");
    }
    let facts = part(".dist-info");
    let metadata = fs::read_to_string(facts.join("METADATA")).unwrap();
    let manifest = toml("Cargo.toml");
    let package = &manifest["package"];
    for (name, key) in [
        ("Name", "name"),
        ("Summary", "description"),
        ("License", "license"),
    ] {
        let line = format!("{name}: {}", package[key].as_str().unwrap());
        assert!(metadata.lines().any(|found| found == line), "no {line}");
    }
    assert!(metadata.contains(package["repository"].as_str().unwrap()));
    for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
        assert_eq!(
            fs::read(facts.join("licenses").join(licence)).unwrap(),
            fs::read(root().join(licence)).unwrap()
        );
    }
}

#[test]
fn pip_installs_it() {
    let environment = Environment::new(tools::target().join("tmp/installed"));
    let install = environment
        .command("pip")
        .args(["install", "--quiet", &format!("wf-lint=={VERSION}")])
        .output()
        .unwrap();
    assert!(install.status.success(), "{install:?}");
    let output = environment.command("wf").arg("--version").output().unwrap();
    assert_eq!(project::Run::of(&output).out, format!("wf {VERSION}\n"));
}

#[test]
fn every_version_is_that_of_the_manifest() {
    let hook = toml("pyproject.toml");
    assert_eq!(hook["project"]["version"].as_str(), Some(VERSION));
    let dependency = hook["project"]["dependencies"][0].as_str();
    assert_eq!(dependency, Some(format!("wf-lint=={VERSION}").as_str()));
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let after = |mark: &str| -> Vec<String> {
        let places = readme.split(mark).skip(1);
        places
            .map(|rest| rest.lines().next().unwrap().to_owned())
            .collect()
    };
    assert_eq!(after("rev: v"), [VERSION]);
    assert_eq!(after("wf-lint=="), [VERSION, VERSION]);
}
