//! Plans and journals stay readable: what version 1 wrote is frozen, and means today what it meant then.
//!
//! `WF_BLESS=1 cargo test journals` writes the frozen files anew. What was released is not to be written anew: a
//! property that is changed or removed wants a new version, and files of its own beside these.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

use chrono::DateTime;
use chrono::Duration;
use chrono::Utc;
use serde_json::Value;
use wf::event;
use wf::event::Cause;
use wf::event::Continuation;
use wf::event::Event;
use wf::event::Ground;
use wf::event::Outcome;
use wf::event::Process;
use wf::event::Record;
use wf::event::RunResult;
use wf::event::Settled;
use wf::event::Signal;
use wf::event::Stuck;
use wf::event::Undone;
use wf::plan;
use wf::plan::ItemId;
use wf::plan::Plan;

use crate::planning;

/// Every key that the plan takes from `wf.toml`.
const CONFIG: &str = "[run]\ntimeout = \"30m\"\ngrace = \"2s\"\nretry-delay = \"500ms\"\nrollback = \"step\"\n\
                      max-output = \"1MiB\"\nenv = { REGION = \"eu-west-1\" }\nrecord = \"var/wf\"\nerrors = \"var/errors\"\n";

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/journals")
        .join(name)
}

fn read(name: &str) -> String {
    fs::read_to_string(fixture(name)).unwrap()
}

/// A frozen file, written anew where that is asked for.
fn frozen(name: &str, now: String) -> String {
    if std::env::var_os("WF_BLESS").is_some() {
        fs::write(fixture(name), &now).unwrap();
        return now;
    }
    read(name)
}

fn frozen_plan() -> String {
    let now = serde_json::to_string_pretty(&planned()).unwrap();
    frozen("plan-1.json", now + "\n")
}

fn frozen_journal() -> String {
    frozen("1.jsonl", journal(every_event()))
}

/// The plan of the frozen document.
fn planned() -> Plan {
    planning::planned(CONFIG, read("release.md"))
}

/// What was frozen stands in what is written now. Later fields may stand beside it.
fn assert_holds(now: &Value, frozen: &Value, path: &str) {
    match (now, frozen) {
        (Value::Object(now), Value::Object(frozen)) => {
            for (key, frozen) in frozen {
                let path = format!("{path}/{key}");
                let now = now.get(key).unwrap_or_else(|| panic!("{path} is gone"));
                assert_holds(now, frozen, &path);
            }
        }
        (Value::Array(now), Value::Array(frozen)) => {
            assert_eq!(now.len(), frozen.len(), "{path}");
            for (at, (now, frozen)) in now.iter().zip(frozen).enumerate() {
                assert_holds(now, frozen, &format!("{path}/{at}"));
            }
        }
        _ => assert_eq!(now, frozen, "{path}"),
    }
}

#[test]
fn a_plan_is_what_it_was() {
    let now = serde_json::to_value(planned()).unwrap();
    let frozen: Value = serde_json::from_str(&frozen_plan()).unwrap();
    assert_holds(&now, &frozen, "");
}

#[test]
fn a_plan_of_version_1_can_be_read() {
    let mut value: Value = serde_json::from_str(&frozen_plan()).unwrap();
    // What later versions of the program add is passed over.
    value["later"] = Value::from("unknown");
    value["steps"][0]["later"] = Value::from("unknown");
    let plan: Plan = serde_json::from_value(value).unwrap();
    assert_eq!(plan, planned());
    let again: Plan = serde_json::from_str(&serde_json::to_string(&plan).unwrap()).unwrap();
    assert_eq!(again, plan);
}

fn item(name: &str) -> ItemId {
    name.parse().unwrap()
}

fn started(name: &str, attempt: u32, process: Option<Process>) -> Event {
    Event::ItemStarted {
        item: item(name),
        attempt,
        process,
    }
}

fn finished(name: &str, outcome: Outcome) -> Event {
    Event::ItemFinished {
        item: item(name),
        attempt: 1,
        outcome,
        duration_ms: 1234,
        output_bytes: 5678,
        output_end: String::new(),
        line: None,
        variables: BTreeMap::new(),
    }
}

fn settled(name: &str, settled: Settled, ground: Ground) -> Event {
    Event::ItemSettled {
        item: item(name),
        settled,
        ground,
    }
}

fn who() -> String {
    "Ada".to_owned()
}

fn why() -> String {
    "so it is".to_owned()
}

/// Every event there is, with every value that its parts may have. No run has them all, nor in this order.
fn every_event() -> Vec<Event> {
    let difference = "- one\n+ two".to_owned();
    let later = vec![finished("2.verify.1", Outcome::Unexpected { difference })];
    let frozen = [starts(), outcomes(), answers(), the_way_back(), ends()].concat();
    [frozen, later].concat()
}

fn pairs(name: &str, value: &str) -> BTreeMap<String, String> {
    BTreeMap::from([(name.to_owned(), value.to_owned())])
}

fn starts() -> Vec<Event> {
    let program = || "0.2.0".to_owned();
    let process = Process {
        id: 4711,
        birth: "812345".to_owned(),
    };
    vec![
        Event::RunStarted {
            run: "release-20261123-120000-abcd".to_owned(),
            program: program(),
            by: who(),
            jobs: 2,
            inputs: pairs("VERSION", "1.2.3"),
            secrets: vec!["TOKEN".to_owned()],
            plan: Box::new(planned()),
        },
        Event::RunRefused {
            exit: 5,
            reason: why(),
        },
        Event::RunResumed {
            program: program(),
            by: who(),
        },
        Event::StepStarted { step: 1 },
        started("1.1", 1, Some(process)),
        started("1.1", 2, None),
    ]
}

fn outcomes() -> Vec<Event> {
    vec![
        Event::ItemFinished {
            item: item("1.1"),
            attempt: 2,
            outcome: Outcome::Failed { status: 2 },
            duration_ms: 1234,
            output_bytes: 5678,
            output_end: "no such file\n".to_owned(),
            line: Some(54),
            variables: pairs("ARCHIVE", "archive-1.2.3.tar"),
        },
        finished("prerequisites.1", Outcome::Succeeded),
        finished("1.verify.1", Outcome::Killed { signal: 9 }),
        finished("1.rollback.1", Outcome::TimedOut { after_ms: 60_000 }),
        finished("criteria.1", Outcome::Interrupted),
        finished("procedure.1", Outcome::NotStarted { reason: why() }),
        finished("3.1", Outcome::BadOutput { reason: why() }),
    ]
}

fn answers() -> Vec<Event> {
    vec![
        Event::ItemAsked { item: item("2.1") },
        Event::ItemAnswered {
            item: item("2.1"),
            done: true,
            by: who(),
            note: String::new(),
        },
        Event::ItemAnswered {
            item: item("2.verify.1"),
            done: false,
            by: who(),
            note: why(),
        },
        Event::ItemRecovered {
            item: item("1.1"),
            variables: BTreeMap::from([("ID".to_owned(), "42".to_owned())]),
        },
        settled("1.1", Settled::Done, Ground::Verification),
        settled("1.2", Settled::Retry, Ground::Idempotent),
        settled("3.1", Settled::Retry, Ground::Operator(who())),
    ]
}

fn the_way_back() -> Vec<Event> {
    let rolled_back = |step, how| Event::StepRolledBack { step, how };
    vec![
        Event::StepFinished { step: 1 },
        Event::RollbackStarted {
            cause: Cause::Item(item("2.1")),
            steps: vec![2, 1],
        },
        Event::RollbackStarted {
            cause: Cause::Operator(who()),
            steps: Vec::new(),
        },
        Event::RollbackStarted {
            cause: Cause::Signal(Signal::Term),
            steps: vec![1],
        },
        rolled_back(1, Undone::Undone),
        rolled_back(2, Undone::Nothing),
        rolled_back(3, Undone::Unneeded),
        rolled_back(3, Undone::Left),
    ]
}

fn ends() -> Vec<Event> {
    let continued = |how| Event::RollbackContinued { how, by: who() };
    let finished = |result| Event::RunFinished { result };
    vec![
        Event::RunParked {
            waiting: vec![item("2.1")],
            unknown: vec![item("3.1")],
        },
        Event::RunSuspended {
            signal: Signal::Int,
            aborted: true,
        },
        Event::RunSuspended {
            signal: Signal::Term,
            aborted: false,
        },
        Event::RunStuck {
            at: Stuck::Item(item("1.rollback.1")),
        },
        Event::RunStuck {
            at: Stuck::Irreversible(3),
        },
        continued(Continuation::Retry),
        continued(Continuation::Skip(Some(1))),
        continued(Continuation::Skip(None)),
        continued(Continuation::KeepGoing),
        finished(RunResult::Succeeded),
        finished(RunResult::Failed),
        finished(RunResult::Undone),
        Event::RunAbandoned { by: who() },
        Event::PlanAdopted {
            by: who(),
            plan: Box::new(planned()),
        },
    ]
}

/// The name that each event is written under. A new one does not compile until it is frozen, too.
fn name(event: &Event) -> &'static str {
    match event {
        Event::RunRefused { .. } => "run-refused",
        Event::RunStarted { .. } => "run-started",
        Event::RunResumed { .. } => "run-resumed",
        Event::PlanAdopted { .. } => "plan-adopted",
        Event::StepStarted { .. } => "step-started",
        Event::ItemStarted { .. } => "item-started",
        Event::ItemFinished { .. } => "item-finished",
        Event::ItemAsked { .. } => "item-asked",
        Event::ItemAnswered { .. } => "item-answered",
        Event::ItemSettled { .. } => "item-settled",
        Event::ItemRecovered { .. } => "item-recovered",
        Event::StepFinished { .. } => "step-finished",
        Event::RollbackStarted { .. } => "rollback-started",
        Event::StepRolledBack { .. } => "step-rolled-back",
        Event::RunParked { .. } => "run-parked",
        Event::RunSuspended { .. } => "run-suspended",
        Event::RunStuck { .. } => "run-stuck",
        Event::RollbackContinued { .. } => "rollback-continued",
        Event::RunFinished { .. } => "run-finished",
        Event::RunAbandoned { .. } => "run-abandoned",
    }
}

/// These events as the lines of a journal, one a second.
fn journal(events: Vec<Event>) -> String {
    let mut text = String::new();
    let mut time: DateTime<Utc> = "2026-11-23T12:00:00.250Z".parse().unwrap();
    let mut previous = String::new();
    for (event, seq) in events.into_iter().zip(1..) {
        let record = Record {
            version: event::VERSION,
            seq,
            time,
            previous,
            event,
        };
        let line = serde_json::to_string(&record).unwrap();
        previous = plan::digest(line.as_bytes());
        time += Duration::seconds(1);
        text += &(line + "\n");
    }
    text
}

#[test]
fn a_journal_is_what_it_was() {
    let now = journal(every_event());
    let frozen = frozen_journal();
    assert_eq!(now.lines().count(), frozen.lines().count());
    for (number, (now, frozen)) in now.lines().zip(frozen.lines()).enumerate() {
        let mut values = [now, frozen].map(|line| serde_json::from_str::<Value>(line).unwrap());
        for value in &mut values {
            // A field more in one line is another hash in the next.
            value.as_object_mut().unwrap().remove("previous").unwrap();
        }
        assert_holds(&values[0], &values[1], &format!("line {}: ", number + 1));
    }
}

#[test]
fn a_journal_of_version_1_can_be_read() {
    let mut previous = String::new();
    let mut names = BTreeSet::new();
    let text = frozen_journal();
    let events = every_event();
    assert_eq!(text.lines().count(), events.len());
    for ((line, expected), seq) in text.lines().zip(events).zip(1..) {
        let value: Value = serde_json::from_str(line).unwrap();
        let record: Record = serde_json::from_str(line).unwrap();
        assert_eq!((record.version, record.seq), (1, seq));
        assert_eq!(record.previous, previous, "line {seq}");
        assert_eq!(value["event"], name(&expected));
        assert_eq!(record.event, expected);
        names.insert(name(&expected));
        previous = plan::digest(line.as_bytes());
    }
    assert_eq!(names.len(), 20, "an event is not among them");
}

/// What later versions of the program add to a record is passed over.
#[test]
fn unknown_fields_are_passed_over() {
    for line in frozen_journal().lines() {
        let record: Record = serde_json::from_str(line).unwrap();
        let mut value: Value = serde_json::from_str(line).unwrap();
        value["later"] = Value::from("unknown");
        let later: Record = serde_json::from_value(value).unwrap();
        assert_eq!(later, record);
    }
}
