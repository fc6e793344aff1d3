//! A workflow run once without harm, then killed at each of its records.

use std::fs;
use std::num::NonZero;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::thread;

use chrono::DateTime;
use chrono::Utc;
use serde_json::Value;

use crate::crash::kill::Kill;
use crate::crash::kill::Part;
use crate::crash::operator::Fate;
use crate::crash::operator::Operator;
use crate::crash::operator::Story;
use crate::crash::operator::told;
use crate::crash::operator::verify;
use crate::flow;
use crate::flow::Flow;

/// Run a workflow, kill the program at every record, whole and torn, and judge what comes of each death.
pub fn walk(flow: &Flow, words: &[&str], operator: Operator) {
    let unharmed = operator.play(flow, words, Fate::Lives);
    let count = flow::records(&unharmed.project).len();
    assert!(count > 20, "the run has {count} records only");
    let whole = (1..=count).map(|at| (at, Part::Whole));
    // What a torn record leads to was not recorded: every third will do to see that it is passed over.
    let torn = (1..=count).step_by(3).map(|at| (at, Part::Half));
    let kills: Vec<Kill> = whole
        .chain(torn)
        .map(|(at, part)| Kill { at, part })
        .collect();
    // Fewer records than it takes to go on, settle what is unknown, and do one thing, would lead nowhere.
    for after in [8, 11] {
        let story = operator.play(flow, words, Fate::DiesAgainAndAgain(after));
        judge(
            flow,
            &story,
            &unharmed,
            operator,
            &format!("dying after {after}"),
        );
    }
    let next = AtomicUsize::new(0);
    let workers = thread::available_parallelism().map_or(2, NonZero::get) * 2;
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(&kill) = kills.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let story = operator.play(flow, words, Fate::Dies(kill));
                    assert!(story.death.is_some(), "{kill:?} never happened");
                    judge(flow, &story, &unharmed, operator, &format!("{kill:?}"));
                }
            });
        }
    });
}

/// Whether what came of a death is what should.
fn judge(flow: &Flow, story: &Story, unharmed: &Story, operator: Operator, death: &str) {
    let records = flow::records(&story.project);
    let told = || format!("{death}: {}", told(&records));
    nothing_finished_was_started_again(&records, death);
    let whole = flow::trace(&unharmed.project);
    let (state, forward) = match (operator, &story.death) {
        (Operator::TurningBack, Some((done, records))) if is_under_way(records) => ("failed", done),
        _ => (unharmed.state.as_str(), &whole),
    };
    assert_eq!(story.state, state, "{}", told());
    // The last death may have been after the last record.
    let code = i32::from(state != "succeeded");
    assert!(story.code.is_none_or(|found| found == code), "{}", told());
    let left = flow::trace(&story.project);
    let turn = left.iter().position(|word| is_undoing(word));
    let (there, back) = left.split_at(turn.unwrap_or(left.len()));
    assert_eq!(of_steps(there), of_steps(forward), "{}", told());
    let undoing = match state {
        "failed" => undoing(&records, flow),
        _ => Vec::new(),
    };
    assert_eq!(once(back), undoing, "{}", told());
    let run = &flow::runs(&story.project)[0].0;
    verify(&story.project, run);
    people_can_read_it(story, &records, death);
}

/// The log tells of every record, checkpoint and error report of the end, though the program died between the two.
fn people_can_read_it(story: &Story, records: &[Value], death: &str) {
    let read = |path: &str| fs::read_to_string(story.project.path().join(path)).unwrap();
    let log = read("logs/info.log");
    let mut lines = log.lines();
    for record in records {
        let time: DateTime<Utc> = record["time"].as_str().unwrap().parse().unwrap();
        let time = time.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
        assert!(
            lines.any(|line| line.starts_with(&time)),
            "{death}: the log lacks {record:#}\n{log}"
        );
    }
    let file = |folder: &str| {
        let files = fs::read_dir(story.project.path().join(folder));
        let mut files = files.into_iter().flatten().map(Result::unwrap);
        files
            .next()
            .map(|file| fs::read_to_string(file.path()).unwrap())
    };
    let checkpoint = file(".memory/checkpoints").unwrap();
    let title = format!("# The release workflow: {}\n", story.state);
    assert!(checkpoint.contains(&title), "{death}: {checkpoint}");
    let status = format!("- **Status**: {}\n", story.state);
    assert!(
        file("errors").is_none_or(|report| report.contains(&status)),
        "{death}"
    );
    assert_eq!(file("errors").is_some(), story.state == "failed", "{death}");
}

/// Whether records are those of a run that began and did not end.
fn is_under_way(records: &[Value]) -> bool {
    records
        .last()
        .is_some_and(|last| last["event"] != "run-finished")
}

fn is_undoing(word: &str) -> bool {
    word.contains("rollback") || word.starts_with("procedure")
}

/// What was done on the way forward, step by step: several may have been under way at once.
fn of_steps(trace: &[String]) -> Vec<String> {
    let forward = trace.iter().filter(|word| !is_undoing(word)).cloned();
    let mut words = once(&forward.collect::<Vec<_>>());
    let step = |word: &str| word.split('.').next().unwrap_or_default().to_owned();
    words.sort_by_key(|word| step(word));
    words
}

/// What is recorded as done is never started again.
fn nothing_finished_was_started_again(records: &[Value], death: &str) {
    let mut done: Vec<&Value> = Vec::new();
    for record in records {
        match record["event"].as_str().unwrap() {
            "item-started" | "item-asked" => {
                assert!(!done.contains(&&record["item"]), "{death}: {record:#}");
            }
            // What a check said when an action was probed may be asked again.
            "item-finished"
                if record["outcome"]["kind"] == "succeeded"
                    && !record["item"].as_str().unwrap().contains("verify") =>
            {
                done.push(&record["item"]);
            }
            _ => {}
        }
    }
}

/// A trace without repetitions of what may be repeated: checks, what a step says may be (`~`), and what fails (`?`).
fn once(trace: &[String]) -> Vec<String> {
    let is_check = |word: &str| {
        let checks = ["verify", "prerequisites", "criteria"];
        checks.iter().any(|check| word.contains(check))
    };
    let may_be_repeated = |word: &str| is_check(word) || word.ends_with(['~', '?']);
    let words = trace.iter().enumerate().filter(|(at, word)| {
        let comes_again = trace[at + 1..].contains(word);
        !(comes_again && may_be_repeated(word))
    });
    words.map(|(_, word)| word.clone()).collect()
}

/// What undoes a run: the items of each started step, the last step first, then the procedure.
fn undoing(records: &[Value], flow: &Flow) -> Vec<String> {
    let actions = records.iter().filter_map(|record| {
        let (step, action) = record["item"].as_str()?.split_once('.')?;
        action.parse::<u32>().ok()?;
        step.parse::<u32>().ok().map(|_| step)
    });
    let mut started: Vec<&str> = Vec::new();
    for step in actions {
        if !started.contains(&step) {
            started.push(step);
        }
    }
    let text = flow.text();
    let marks = text.split("printf '\\n%s\\n' ").skip(1);
    let words: Vec<&str> = marks
        .filter_map(|rest| rest.split_whitespace().next())
        .collect();
    let beginning = |prefix: String| {
        let words = words.iter().copied();
        words.filter(move |word| word.starts_with(&prefix))
    };
    let steps = started.iter().rev();
    let steps = steps.flat_map(|step| beginning(format!("{step}.rollback.")));
    let procedure = beginning("procedure.".to_owned()).filter(|_| !started.is_empty());
    steps.chain(procedure).map(str::to_owned).collect()
}
