//! How plans and runs are shown: `fixtures/runs/<name>/events.jsonl` tells what happens in a run of
//! `fixtures/runs/plan.json`, and the texts beside it how that is shown.
//!
//! A line is a record without its version, number and hash, its time without the day, or what a command wrote:
//! `{"output": "1.1", "text": "…"}`; `{"restart": true}` stands where the program ended, and was started again for
//! what follows. `WF_BLESS=1 cargo test shown` writes the texts: read every change before it is
//! committed.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::rc::Rc;

use serde_json::Value;
use wf::event::Record;
use wf::plan::ItemId;
use wf::plan::Plan;
use wf::plan::Policy;
use wf::report;
use wf::report::View;
use wf::report::events::Json;
use wf::report::live::Human;
use wf::run::Follower;
use wf::run::Run;
use wf::run::state::State;

/// Each way to look at it, and the text's name.
static VIEWS: &[(&str, View)] = &[
    ("plain.txt", view(false, true, 80)),
    ("color.txt", view(true, true, 80)),
    ("ascii-120.txt", view(false, false, 120)),
];

const fn view(color: bool, unicode: bool, width: usize) -> View {
    View {
        color,
        links: false,
        unicode,
        width,
        summary: true,
        failing: None,
        current: PathBuf::new(),
        tops: Vec::new(),
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/runs")
}

fn plan() -> Plan {
    serde_json::from_slice(&fs::read(folder().join("plan.json")).unwrap()).unwrap()
}

/// Something that happens in a story.
enum Moment {
    Event(Box<Record>),
    Output(ItemId, String),
    /// The program was started again.
    Restart,
}

fn moment(seq: u64, line: &str) -> Moment {
    let mut value: Value =
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    if let Some(item) = value.get("output") {
        let item = item.as_str().unwrap().parse().unwrap();
        return Moment::Output(item, value["text"].as_str().unwrap().to_owned());
    }
    if value.get("restart").is_some() {
        return Moment::Restart;
    }
    let fields = value.as_object_mut().unwrap();
    let at = fields.remove("time").unwrap();
    fields.insert(
        "time".to_owned(),
        format!("2026-11-23T{}Z", at.as_str().unwrap()).into(),
    );
    fields.insert("version".to_owned(), 1.into());
    fields.insert("seq".to_owned(), seq.into());
    fields.insert("previous".to_owned(), "".into());
    if ["run-started", "plan-adopted"].contains(&fields["event"].as_str().unwrap()) {
        fields.insert("plan".to_owned(), serde_json::to_value(plan()).unwrap());
    }
    let record = serde_json::from_value(value).unwrap_or_else(|error| panic!("{error}: {line}"));
    Moment::Event(Box::new(record))
}

/// The stories by name.
fn stories() -> BTreeMap<String, Vec<Moment>> {
    let folders = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap());
    let folders = folders.filter(|entry| entry.file_type().unwrap().is_dir());
    let stories = folders.map(|entry| {
        let text = fs::read_to_string(entry.path().join("events.jsonl")).unwrap();
        let moments = (1..).zip(text.lines()).map(|(seq, line)| moment(seq, line));
        (entry.file_name().into_string().unwrap(), moments.collect())
    });
    stories.collect()
}

fn run() -> Run {
    Run {
        id: "release-20261123-101500-k7qx".to_owned(),
        root: PathBuf::from("/home/anna/release"),
        started: "2026-11-23T10:15:00Z".parse().unwrap(),
        plan: plan(),
    }
}

/// Tell a story, to a new follower each time the program is started.
fn tell<F: Follower>(story: &[Moment], mut follower: impl FnMut() -> F) -> F {
    let run = run();
    let mut state = State::default();
    let mut told = follower();
    for moment in story {
        match moment {
            Moment::Event(record) => {
                state.apply(&run.plan, &record.event);
                told.event(&run, record, &state).unwrap();
            }
            Moment::Output(item, text) => told.output(&run, *item, text.as_bytes()).unwrap(),
            Moment::Restart => told = follower(),
        }
    }
    told
}

/// What is written, by whoever writes.
#[derive(Clone, Default)]
struct Paper(Rc<RefCell<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Paper {
    fn text(&self) -> String {
        String::from_utf8(self.0.borrow().clone()).unwrap()
    }
}

fn shown(story: &[Moment], view: &View) -> String {
    let paper = Paper::default();
    tell(story, || Human::new(paper.clone(), view));
    paper.text()
}

/// Compare a text with what is expected, or write down what is to be expected.
fn compare(path: &str, text: &str) {
    let text = text.replace('\u{1b}', "␛");
    let file = folder().join(path);
    if std::env::var_os("WF_BLESS").is_some() {
        fs::write(&file, &text).unwrap();
    }
    let expected = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{path}: {error}"));
    assert!(text == expected, "{path}: this is shown instead:\n{text}");
}

/// A text without its colours.
fn without_colors(text: &str) -> String {
    let (first, rest) = text.split_once('\u{1b}').unwrap_or((text, ""));
    let rest = rest
        .split('\u{1b}')
        .map(|part| part.split_once('m').map_or("", |(_, part)| part));
    first.to_owned() + &rest.collect::<String>()
}

#[test]
fn runs_are_shown_as_expected() {
    for (name, story) in stories() {
        for (file, view) in VIEWS {
            compare(&format!("{name}/{file}"), &shown(&story, view));
        }
    }
}

#[test]
fn colours_are_all_that_colours_change() {
    for (name, story) in stories() {
        let (plain, colored) = (shown(&story, &VIEWS[0].1), shown(&story, &VIEWS[1].1));
        assert!(colored.contains("\u{1b}["), "{name}");
        assert_eq!(without_colors(&colored), plain, "{name}");
        for line in colored.lines().filter(|line| line.contains("\u{1b}[")) {
            let last = line.rsplit_once("\u{1b}[").unwrap().1;
            assert!(
                last.starts_with("0m") || last.starts_with('m'),
                "{name}: {line:?} ends in a colour"
            );
        }
    }
}

#[test]
fn every_kind_of_event_is_told() {
    let mut kinds = BTreeSet::new();
    for record in stories().values().flatten() {
        if let Moment::Event(record) = record {
            let value = serde_json::to_value(&record.event).unwrap();
            kinds.insert(value["event"].as_str().unwrap().to_owned());
        }
    }
    let kinds: Vec<String> = kinds.into_iter().collect();
    assert_eq!(
        kinds.join(" "),
        "item-answered item-asked item-finished item-settled item-started plan-adopted rollback-continued \
         rollback-started run-abandoned run-finished run-parked run-refused run-resumed run-started run-stuck run-suspended \
         step-finished step-rolled-back step-started"
    );
}

#[test]
fn programs_get_each_record_on_a_line() {
    for (name, story) in stories() {
        let paper = Paper::default();
        tell(&story, || Json::new(paper.clone()));
        let text = paper.text();
        let told: Vec<Record> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let records: Vec<Record> = story
            .iter()
            .filter_map(|moment| match moment {
                Moment::Event(record) => Some((**record).clone()),
                Moment::Output(..) | Moment::Restart => None,
            })
            .collect();
        assert!(told == records, "{name}: {text}");
    }
}

/// The inputs that plans are shown with.
fn inputs() -> BTreeMap<String, String> {
    let given = [
        ("VERSION", "1.4.0"),
        ("CHANNEL", "stable"),
        ("TOKEN", "hunter22"),
    ];
    given
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
}

fn planned(plan: &Plan, view: &View) -> String {
    let mut out = Vec::new();
    report::plan::text(plan, &inputs(), 1, view, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_plan_is_shown_as_expected() {
    for (file, view) in VIEWS {
        let text = planned(&plan(), view);
        assert!(!text.contains("hunter22"), "a secret is shown");
        compare(&format!("plan.{file}"), &text);
    }
    let (plain, colored) = (planned(&plan(), &VIEWS[0].1), planned(&plan(), &VIEWS[1].1));
    assert_eq!(without_colors(&colored), plain);
}

/// A plan with dependencies of its own, the policy `step`, no checks at the ends, and nothing that is as usual.
#[test]
fn an_unusual_plan_is_shown_as_expected() {
    let mut plan = plan();
    plan.settings.rollback = Policy::Step;
    plan.settings.timeout_ms = None;
    plan.steps[1].after = Vec::new();
    plan.steps[2].after = vec![1, 2];
    plan.steps[3].after = vec![2];
    plan.prerequisites.clear();
    plan.procedure.clear();
    plan.inputs[0].required = true;
    let command = plan.steps[0].actions[0].command.as_mut().unwrap();
    command.code = "printf '\u{1b}[2J\u{202e}'\r\n\n\techo done".to_owned();
    plan.title = "Steer \u{1b}]0;the terminal\u{7}".to_owned();
    compare("unusual-plan.txt", &planned(&plan, &VIEWS[0].1));
}

/// A reader that leaves after so many bytes.
struct Leaving(usize);

impl Write for Leaving {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self
            .0
            .checked_sub(bytes.len())
            .ok_or(io::ErrorKind::BrokenPipe)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_reader_may_leave_in_the_middle_of_a_run() {
    for (name, story) in stories() {
        let human = tell(&story, || Human::new(Leaving(900), &VIEWS[0].1));
        assert!(human.failure().is_none(), "{name}");
        let json = tell(&story, || Json::new(Leaving(900)));
        assert!(json.failure().is_none(), "{name}");
    }
    // A file that is only read takes nothing.
    let file = || fs::File::open(folder().join("plan.json")).unwrap();
    let human = tell(&stories()["refused"], || Human::new(file(), &VIEWS[0].1));
    assert!(human.failure().is_some(), "what was lost is told");
}
