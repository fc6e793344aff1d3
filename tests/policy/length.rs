//! As many items as a document can hold: looking for the next one must not begin at the first again each time.
//!
//! Nothing is asserted of the time that it takes. A watchdog ends a run that would hardly ever end.

use std::collections::BTreeMap;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use wf::event::Event;
use wf::event::Outcome;
use wf::event::RunResult;
use wf::run::next;
use wf::run::next::Next;
use wf::run::state::State;

use crate::policy::plans;

/// So many are in a document of the default `max-file-size`.
const MANY: usize = 50_000;

/// A run that takes longer than this looks at everything each time.
const PATIENCE: Duration = Duration::from_mins(3);

/// Play a run in which all succeeds, and how it ended.
fn play(text: &str) -> Option<RunResult> {
    let (plan, _) = plans::read(text);
    let mut state = State::default();
    loop {
        match next::next(&plan, &state) {
            Next::Record(event) => state.apply(&plan, &event),
            Next::Start(items) => {
                for item in items {
                    let started = Event::ItemStarted {
                        item,
                        attempt: 1,
                        process: None,
                    };
                    state.apply(&plan, &started);
                    assert_eq!(next::next(&plan, &state), Next::Wait);
                    let finished = Event::ItemFinished {
                        item,
                        attempt: 1,
                        outcome: Outcome::Succeeded,
                        duration_ms: 1,
                        output_bytes: 0,
                        output_end: String::new(),
                        line: None,
                        variables: BTreeMap::new(),
                    };
                    state.apply(&plan, &finished);
                }
            }
            Next::Wait => unreachable!("all ends at once"),
            Next::Stop => return state.result,
        }
    }
}

#[test]
fn a_run_of_very_many_items_comes_to_its_end() {
    let many = |word: &str| format!("{word} ").repeat(MANY);
    let text = format!("\n{}{}none", many("run"), many("check"));
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        // No one listens any more to a run that was given up.
        let _ = sender.send(play(&text));
    });
    let result = receiver.recv_timeout(PATIENCE);
    assert_eq!(result, Ok(Some(RunResult::Succeeded)));
}
