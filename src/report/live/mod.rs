//! A run as it happens, for people: plain lines, top to bottom, without moving the cursor. A journal that is replayed
//! looks the same, for all times come from its records. On a terminal a [`Status`] of each command that runs may stand
//! below them.

mod ending;
mod item;
mod lines;
mod scene;
mod status;
mod waiting;

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::io;
use std::io::Write;

use chrono::DateTime;
use chrono::Utc;

use crate::event::Event;
use crate::event::Record;
use crate::plan::ItemId;
use crate::plan::Place;
use crate::plan::Plan;
use crate::printable;
use crate::report::View;
use crate::report::live::item::End;
use crate::report::live::lines::Lines;
use crate::report::live::scene::Scene;
use crate::report::screen::Screen;
use crate::report::theme::Sign;
use crate::report::theme::Theme;
use crate::report::theme::Tone;
use crate::report::wording;
use crate::run::Follower;
use crate::run::Run;
use crate::run::state::State;

pub use status::Status;
pub use status::TICK;

/// Shows a run.
#[derive(Debug)]
pub struct Human<W> {
    screen: Screen<W>,
    theme: Theme,
    lines: Lines,
    told: Told,
}

/// What was told already.
#[derive(Debug, Default)]
struct Told {
    /// Whether it was said which run it is.
    is_introduced: bool,
    /// The sections whose headings stand above.
    sections: BTreeSet<Section>,
    /// When steps began.
    began: BTreeMap<u32, DateTime<Utc>>,
    /// How items failed.
    failures: BTreeMap<ItemId, String>,
}

/// What stands under one heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Section {
    Prerequisites,
    Step(u32),
    Criteria,
    Undo(u32),
    Procedure,
}

impl Section {
    fn of(place: Place) -> Self {
        match place {
            Place::Prerequisites => Self::Prerequisites,
            Place::Action(step) | Place::Verification(step) => Self::Step(step),
            Place::Rollback(step) => Self::Undo(step),
            Place::Criteria => Self::Criteria,
            Place::Procedure => Self::Procedure,
        }
    }

    fn title(self, plan: &Plan) -> String {
        match self {
            Self::Prerequisites => "Prerequisites".to_owned(),
            Self::Step(step) => {
                let name = wording::step("", plan, step);
                let (count, name) = (plan.steps.len(), name.trim_start());
                let rest = name.strip_prefix(&step.to_string()).unwrap_or(name);
                format!("Step {step} of {count}{rest}")
            }
            Self::Criteria => "Success Criteria".to_owned(),
            Self::Undo(step) => wording::step("Undo step", plan, step),
            Self::Procedure => "Rollback Procedure".to_owned(),
        }
    }
}

/// An item that a person does, with its place and all that the document says of it, for asking that person.
#[must_use]
pub fn manual(run: &Run, item: ItemId, view: &View) -> String {
    let scene = Scene {
        run,
        state: &State::default(),
        time: run.started,
        theme: Theme::of(view),
        failures: &BTreeMap::new(),
    };
    scene.manual(item)
}

impl<W: Write> Human<W> {
    /// Show a run here, in this way.
    pub fn new(out: W, view: &View) -> Self {
        let theme = Theme::of(view);
        Self {
            screen: Screen::new(out),
            theme,
            lines: Lines::new(theme),
            told: Told::default(),
        }
    }

    /// Show whole lines alone, so that others can stand below them.
    #[must_use]
    pub fn in_whole_lines(mut self) -> Self {
        self.lines.is_whole = true;
        self
    }

    /// The last line that a running command wrote, shown yet or not; known where whole lines are shown.
    #[must_use]
    pub fn said(&self, item: ItemId) -> &str {
        self.lines.said(item)
    }

    /// Why nothing could be shown any more, if it was not that the reader went away. The run goes on all the same.
    #[must_use]
    pub fn failure(&self) -> Option<&io::Error> {
        self.screen.failure()
    }
}

impl<W: Write> Follower for Human<W> {
    fn event(&mut self, run: &Run, record: &Record, state: &State) -> io::Result<()> {
        self.lines.is_tagged = state.jobs > 1;
        let mut text = self.lines.close();
        let event = &record.event;
        let mut is_silent = false;
        match event {
            Event::ItemStarted { item, .. } => self.lines.start(*item),
            Event::ItemFinished { item, .. } => {
                let (rest, silent) = self.lines.finish(*item);
                text.push_str(&rest);
                is_silent = silent;
            }
            Event::RunResumed { .. } | Event::RunFinished { .. } | Event::RunSuspended { .. } => {
                text.push_str(&self.lines.clear());
            }
            _ => {}
        }
        text.push_str(&self.told.tell(run, record, state, self.theme, is_silent));
        text.push_str(&self.lines.release());
        self.screen.write(&text);
        Ok(())
    }

    fn recall(&mut self, run: &Run, past: &[Record]) {
        for record in past {
            self.told.remember(run, record);
        }
        // How long a step took nobody can say that stood still in between.
        self.told.began.clear();
    }

    fn output(&mut self, _: &Run, item: ItemId, bytes: &[u8]) -> io::Result<()> {
        let text = self.lines.take(item, bytes);
        self.screen.write(&text);
        Ok(())
    }
}

impl Told {
    fn tell(
        &mut self,
        run: &Run,
        record: &Record,
        state: &State,
        theme: Theme,
        is_silent: bool,
    ) -> String {
        self.remember(run, record);
        let failures = std::mem::take(&mut self.failures);
        let scene = Scene {
            run,
            state,
            time: record.time,
            theme,
            failures: &failures,
        };
        let mut text = self.opening(&scene, &record.event);
        text.push_str(&self.sentence(&scene, &record.event, is_silent));
        self.failures = failures;
        text
    }

    /// Which run it is, and under which heading it happens, as far as that was not told.
    fn opening(&mut self, scene: &Scene, event: &Event) -> String {
        let mut text = String::new();
        let tells_itself = matches!(event, Event::RunStarted { .. } | Event::RunRefused { .. });
        if !std::mem::replace(&mut self.is_introduced, true) && !tells_itself {
            text.push_str(&scene.introduction());
        }
        let section = match event {
            Event::StepStarted { step } => Some(Section::Step(*step)),
            Event::ItemStarted { item, .. }
            | Event::ItemFinished { item, .. }
            | Event::ItemAsked { item }
            | Event::ItemAnswered { item, .. }
            | Event::ItemSettled { item, .. }
            | Event::ItemRecovered { item, .. } => Some(Section::of(item.place)),
            _ => None,
        };
        if is_break(event) {
            self.sections.clear();
        }
        if let Some(section) = section
            && self.sections.insert(section)
        {
            text.push_str(&scene.heading(Tone::Strong, &section.title(scene.plan())));
        }
        text
    }

    fn sentence(&self, scene: &Scene, event: &Event, is_silent: bool) -> String {
        match event {
            Event::RunRefused { exit, reason } => refused(scene, *exit, reason),
            Event::RunStarted {
                program,
                by,
                jobs,
                inputs,
                secrets,
                ..
            } => scene.start(by, program, *jobs, inputs, secrets),
            Event::RunResumed { by, .. } => {
                let words = format!("Resumed by {}", printable::one_line(by));
                scene.heading_at(Tone::Strong, &words, &wording::moment(scene.time))
            }
            Event::PlanAdopted { by, .. } => scene.adopted(by),
            Event::StepStarted { .. } => String::new(),
            Event::ItemStarted { item, attempt, .. } => scene.item_started(*item, *attempt),
            Event::ItemFinished {
                item,
                outcome,
                duration_ms,
                output_end,
                line,
                variables,
                ..
            } => {
                let end = End {
                    item: *item,
                    outcome,
                    duration_ms: *duration_ms,
                    line: *line,
                    variables,
                };
                let unseen = if is_silent { output_end.as_str() } else { "" };
                scene.theme.quoted("    ", unseen) + &scene.item_finished(&end)
            }
            Event::ItemAsked { item } => scene.item_asked(*item),
            Event::ItemAnswered {
                item,
                done,
                by,
                note,
            } => scene.item_answered(*item, *done, by, note),
            Event::ItemSettled {
                item,
                settled,
                ground,
            } => scene.item_settled(*item, *settled, ground),
            Event::ItemRecovered { item, variables } => scene.item_recovered(*item, variables),
            Event::StepFinished { step } => self.step_finished(scene, *step),
            Event::RollbackStarted { cause, steps } => scene.rollback_started(cause, steps),
            Event::StepRolledBack { step, how } => scene.step_rolled_back(*step, *how),
            Event::RunParked { waiting, unknown } => scene.parked(waiting, unknown),
            Event::RunSuspended { signal, aborted } => scene.suspended(*signal, *aborted),
            Event::RunStuck { at } => scene.stuck(*at),
            Event::RollbackContinued { how, by } => scene.rollback_continued(*how, by),
            Event::RunFinished { result } => scene.finished(*result),
            Event::RunAbandoned { by } => scene.abandoned(by),
        }
    }

    fn step_finished(&self, scene: &Scene, step: u32) -> String {
        let mark = scene.theme.mark(Sign::Done);
        let took = self.began.get(&step).map_or_else(String::new, |&began| {
            format!(" in {}", wording::between(began, scene.time))
        });
        format!("{mark} Step {step} succeeded{took}\n")
    }

    fn remember(&mut self, run: &Run, record: &Record) {
        match &record.event {
            Event::StepStarted { step } => {
                self.began.insert(*step, record.time);
            }
            Event::ItemFinished {
                item,
                outcome,
                duration_ms,
                line,
                ..
            } if !outcome.is_success() => {
                let how = wording::ended(outcome, *duration_ms);
                let line = line.or_else(|| Some(run.plan.item(*item)?.line));
                let line = line.map_or_else(String::new, |line| format!(":{line}"));
                let document = printable::one_line(&run.plan.document);
                let how = format!("{how}, at {document}{line}");
                self.failures.insert(*item, how);
            }
            Event::ItemAnswered {
                item,
                done: false,
                by,
                note,
            } => {
                let how = format!("rejected by {by}: {note}");
                let how = how.trim_end_matches([':', ' ']);
                self.failures.insert(*item, printable::one_line(how));
            }
            _ => {}
        }
    }
}

/// Whether what follows wants a heading of its own.
fn is_break(event: &Event) -> bool {
    matches!(
        event,
        Event::RunResumed { .. }
            | Event::RunParked { .. }
            | Event::RunSuspended { .. }
            | Event::RunStuck { .. }
            | Event::RollbackStarted { .. }
            | Event::RollbackContinued { .. }
    )
}

/// Nothing was run.
fn refused(scene: &Scene, exit: u8, reason: &str) -> String {
    let words = format!(
        "{} Refused: nothing was run",
        scene.theme.sign(Sign::Failed)
    );
    let mut text = scene.theme.paint(Tone::Bad, &words);
    text.push_str(&format!(" (exit code {exit})\n"));
    for line in printable::printable(reason).lines() {
        text.push_str(&scene.theme.wrapped("  ", line));
    }
    text
}
