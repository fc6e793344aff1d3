//! Plans made of documents, through the library as the program makes them: judged first, then planned.

mod items;
mod refusals;
mod steps;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::NaiveDate;
use rustc_hash::FxHashSet;
use wf::config;
use wf::diagnostic::Severity;
use wf::lint;
use wf::lint::Levels;
use wf::lint::Project;
use wf::neighbours::Neighbours;
use wf::plan;
use wf::plan::Plan;
use wf::plan::Refusal;
use wf::source::Source;
use wf::template;

const DOCUMENT: &str = "workflows/release.md";

/// A project with no file but the document.
struct Alone;

impl Neighbours for Alone {
    fn read(&self, _path: &str) -> io::Result<Vec<u8>> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn exists(&self, _path: &str) -> bool {
        false
    }

    fn is_executable(&self, _path: &str) -> bool {
        false
    }

    fn anchors(&self, _path: &str) -> Option<Arc<FxHashSet<String>>> {
        None
    }
}

/// A project with this `wf.toml` and this template.
fn project(config: &str, template: &str) -> Project {
    let config = config::read(&Source::new("wf.toml", config)).unwrap();
    Project {
        root: PathBuf::from("/project"),
        current: PathBuf::from("/project"),
        levels: Levels::of(&config).unwrap(),
        config,
        template: template::read(&Source::new("template.md", template)).unwrap(),
        today: NaiveDate::from_ymd_opt(2026, 11, 22).unwrap(),
    }
}

/// What came of a document.
#[derive(Debug)]
enum Outcome {
    Planned(Box<Plan>),
    Refused(Refusal),
    /// It does not validate, for these reasons.
    Unfit(Vec<String>),
}

/// What comes of a document in a project with this `wf.toml`.
fn outcome(config: &str, document: impl AsRef<[u8]>) -> Outcome {
    let template = include_str!("../rules/template.md");
    outcome_by(template, config, document.as_ref())
}

fn outcome_by(template: &str, config: &str, document: &[u8]) -> Outcome {
    let project = project(config, template);
    let refused = Severity::Error;
    let (report, validated) =
        lint::validate(&project, DOCUMENT, document, Vec::new(), &Alone, refused);
    let Some(validated) = validated else {
        let found = report.findings.iter().map(|found| {
            let line = found.place.start.line;
            format!("{line} {}: {}", found.rule, found.message)
        });
        return Outcome::Unfit(found.collect());
    };
    match plan::build(&project, &validated) {
        Ok(plan) => Outcome::Planned(Box::new(plan)),
        Err(refusal) => Outcome::Refused(refusal),
    }
}

/// The plan of a document of which there is one.
pub fn planned(config: &str, document: impl AsRef<[u8]>) -> Plan {
    match outcome(config, document) {
        Outcome::Planned(plan) => *plan,
        other => panic!("{other:#?}"),
    }
}
