//! Runs in which chance decides how commands end, what people answer, and when the program dies.

use wf::event::Continuation;
use wf::event::Outcome;
use wf::event::RunResult;
use wf::event::Settled;
use wf::event::Stuck;
use wf::plan::ItemId;
use wf::run::next::Next;
use wf::run::state::Halt;
use wf::run::state::Status;

use crate::policy::simulation::Simulation;

/// So often at most the program dies or is told to end, and so often a person does something else than what ends the
/// run: a run that people keep from its end has none.
const DISTURBANCES: u32 = 12;

/// Decisions made beforehand. Where none is left it is always the first choice, which leads to the end of a run.
pub struct Dice {
    rolls: std::vec::IntoIter<u8>,
}

impl Dice {
    pub fn new(rolls: Vec<u8>) -> Self {
        Self {
            rolls: rolls.into_iter(),
        }
    }

    /// A number below `sides`.
    fn roll(&mut self, sides: u8) -> u8 {
        self.rolls.next().unwrap_or(0) % sides
    }
}

/// Run a plan to its end.
pub fn play(text: &str, rolls: Vec<u8>) -> Simulation {
    let mut run = Simulation::new(text);
    let mut game = Game {
        dice: Dice::new(rolls),
        left: DISTURBANCES,
    };
    let limit = limit(&run);
    while !game.has_ended(&run) {
        assert!(
            run.events.len() < limit,
            "no end after {limit} events: {:#?}",
            &run.events[limit - 20..]
        );
        game.go_on(&mut run);
    }
    run
}

/// No run has more events: each disturbance may cost a repetition of all that there is.
fn limit(run: &Simulation) -> usize {
    let retries: usize = run
        .plan
        .steps
        .iter()
        .map(|step| step.retries as usize)
        .sum();
    let once = 2 * run.plan.all_items().count() * (1 + retries) + 4 * run.plan.steps.len() + 8;
    once * 3 * (1 + DISTURBANCES as usize)
}

struct Game {
    dice: Dice,
    left: u32,
}

impl Game {
    fn has_ended(&mut self, run: &Simulation) -> bool {
        if run.next() != Next::Stop {
            return false;
        }
        let is_over = run.state.result.is_some() || run.state.is_abandoned;
        assert!(
            is_over || run.state.halt.is_some(),
            "it stopped without a reason"
        );
        let is_undone_later =
            run.state.result == Some(RunResult::Succeeded) && self.dice.roll(3) == 2;
        is_over && (run.state.is_abandoned || !is_undone_later)
    }

    fn go_on(&mut self, run: &mut Simulation) {
        if self.disturbs(run) {
            return;
        }
        if !run.running.is_empty() && self.dice.roll(3) == 1 {
            return self.finish(run);
        }
        match run.next() {
            Next::Record(event) => {
                run.record(event.clone());
                assert_ne!(run.next(), Next::Record(event), "it is said over and over");
            }
            Next::Start(items) => {
                assert!(!items.is_empty(), "nothing is started over and over");
                for item in items {
                    run.start(item);
                }
            }
            Next::Wait => {
                assert!(!run.running.is_empty(), "it waits for ever");
                self.finish(run);
            }
            Next::Stop if run.state.result.is_some() => run.turn_back(),
            Next::Stop => self.act(run),
        }
    }

    /// The program dies or is told to end, or a person answers before the run waits for it.
    fn disturbs(&mut self, run: &mut Simulation) -> bool {
        let is_over = run.state.result.is_some() || run.state.is_abandoned;
        if is_over || self.left == 0 {
            return false;
        }
        match self.dice.roll(24) {
            20 => run.crash(false),
            21 => run.crash(true),
            22 if run.state.halt.is_none() => run.suspend(),
            23 if run.state.halt.is_none() && run.state.unwinding.is_none() => {
                run.interrupt();
                run.turn_back();
            }
            19 => {
                let asked = run.state.with_status(Status::Asked).next();
                let Some(item) = asked.filter(|item| is_due(run, *item)) else {
                    return false;
                };
                run.answer(item, self.dice.roll(2) == 0);
            }
            _ => return false,
        }
        self.left -= 1;
        true
    }

    fn finish(&mut self, run: &mut Simulation) {
        let at = self.dice.roll(run.running.len() as u8) as usize;
        let reason = || "so it is".to_owned();
        let outcome = match self.dice.roll(16) {
            10 => Outcome::Killed { signal: 9 },
            11 => Outcome::TimedOut { after_ms: 1 },
            12 => Outcome::NotStarted { reason: reason() },
            13 => Outcome::BadOutput { reason: reason() },
            14 | 15 => Outcome::Failed { status: 1 },
            _ => Outcome::Succeeded,
        };
        run.finish(run.running[at], outcome);
    }

    /// A person does what a run that stopped waits for, or something else that may be done there.
    fn act(&mut self, run: &mut Simulation) {
        let roll = if self.left == 0 { 0 } else { self.dice.roll(8) };
        self.left = self.left.saturating_sub(u32::from(roll > 0));
        let halt = run.state.halt.clone().expect("it stopped for a reason");
        if let Halt::Parked { waiting, unknown } = halt {
            parked(run, roll, &waiting, &unknown);
        } else if let Halt::Stuck(at) = halt {
            stuck(run, roll, at);
        } else if roll == 1 && run.state.unwinding.is_none() {
            run.turn_back();
        } else {
            run.resume();
        }
    }
}

fn parked(run: &mut Simulation, roll: u8, waiting: &[ItemId], unknown: &[ItemId]) {
    let is_back = run.state.unwinding.is_some();
    let at = waiting.iter().chain(unknown).next();
    let step = at.expect("something waits").place.step();
    match roll {
        1 | 2 if !is_back => run.turn_back(),
        1 => run.go_on(Continuation::Skip(step)),
        2 => run.go_on(Continuation::KeepGoing),
        3 => run.resume(),
        4 => run.abandon(),
        5 if !waiting.is_empty() => run.answer(waiting[waiting.len() - 1], false),
        5 | 6 if !unknown.is_empty() => run.settle(Settled::Retry),
        _ if !waiting.is_empty() => run.answer(waiting[0], true),
        _ => run.settle(Settled::Done),
    }
}

fn stuck(run: &mut Simulation, roll: u8, at: Stuck) {
    let step = match at {
        Stuck::Item(item) => item.place.step(),
        Stuck::Irreversible(step) => Some(step),
    };
    match roll {
        1 | 2 => run.go_on(Continuation::Retry),
        3 | 4 => run.go_on(Continuation::Skip(step)),
        5 => run.resume(),
        6 => run.abandon(),
        _ => run.go_on(Continuation::KeepGoing),
    }
}

/// Whether an answer still matters: not that to what rollback left behind.
fn is_due(run: &Simulation, item: ItemId) -> bool {
    match &run.state.unwinding {
        _ if run.state.halt.is_some() => false,
        None => true,
        Some(unwinding) => {
            let is_dealt = |step| unwinding.undone.contains_key(&step);
            item.place.is_rollback() && !item.place.step().is_some_and(is_dealt)
        }
    }
}
