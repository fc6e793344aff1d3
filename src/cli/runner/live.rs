//! A run on a terminal: its lines, and below them one of each command that runs, kept up to date.
#![expect(
    clippy::disallowed_methods,
    reason = "this is where the terminal is written to"
)]

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::io::Write;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use indicatif::MultiProgress;
use indicatif::ProgressBar;
use indicatif::ProgressDrawTarget;
use indicatif::ProgressState;
use indicatif::ProgressStyle;

use crate::cli::runner::bottom::Bottom;
use crate::cli::terminal;
use crate::event::Event;
use crate::event::Record;
use crate::plan::ItemId;
use crate::report::View;
use crate::report::live::Human;
use crate::report::live::Status;
use crate::report::live::TICK;
use crate::run::Follower;
use crate::run::Run;
use crate::run::state::State;

/// So many columns are left free: there the keys are echoed that are pressed, such as `^C`.
const FREE: usize = 8;
/// The last lines are written at most so often in a second.
const RATE: u8 = 15;

/// Who shows a run for people on a terminal: where lines can be taken back, what runs is shown below them.
pub fn follower() -> Box<dyn Follower> {
    let view = terminal::view(true);
    if !terminal::moves_cursor() {
        return Box::new(Human::new(io::stdout(), &view));
    }
    let bottom = ProgressDrawTarget::term_like_with_hz(Box::new(Bottom::default()), RATE);
    let bars = MultiProgress::with_draw_target(bottom);
    let human = Human::new(Above(bars.clone()), &view).in_whole_lines();
    Box::new(Live {
        human,
        bars,
        view,
        running: BTreeMap::new(),
    })
}

/// Writes above what stands on the last lines.
struct Above(MultiProgress);

impl Write for Above {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.suspend(|| {
            let mut out = io::stdout().lock();
            out.write_all(bytes)?;
            out.flush()
        })?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Live {
    human: Human<Above>,
    bars: MultiProgress,
    view: View,
    running: BTreeMap<ItemId, Running>,
}

/// A command that runs.
struct Running {
    bar: ProgressBar,
    said: Arc<Mutex<String>>,
}

impl Live {
    fn begin(&mut self, run: &Run, item: ItemId) {
        let status = Status::new(run, item, &self.view);
        let said = Arc::new(Mutex::new(String::new()));
        let shared = Arc::clone(&said);
        let line = move |state: &ProgressState, out: &mut dyn fmt::Write| {
            // Asked each time: terminals are resized.
            let width = usize::from(terminal::size().0).saturating_sub(FREE);
            let said = shared.lock().unwrap_or_else(PoisonError::into_inner);
            // It is a text in memory, which takes everything.
            let _ = out.write_str(&status.line(state.elapsed(), &said, width));
        };
        let style = ProgressStyle::with_template("{line}").expect("the template is valid");
        let bar = self.bars.add(ProgressBar::no_length());
        bar.set_style(style.with_key("line", line));
        bar.enable_steady_tick(TICK);
        self.running.insert(item, Running { bar, said });
    }

    fn end(&mut self, item: ItemId) {
        if let Some(running) = self.running.remove(&item) {
            running.bar.finish_and_clear();
            self.bars.remove(&running.bar);
        }
    }
}

impl Follower for Live {
    fn event(&mut self, run: &Run, record: &Record, state: &State) -> io::Result<()> {
        if let Event::ItemFinished { item, .. } = &record.event {
            self.end(*item);
        }
        self.human.event(run, record, state)?;
        if let Event::ItemStarted { item, .. } = &record.event {
            self.begin(run, *item);
        }
        Ok(())
    }

    fn recall(&mut self, run: &Run, past: &[Record]) {
        self.human.recall(run, past);
    }

    fn output(&mut self, run: &Run, item: ItemId, bytes: &[u8]) -> io::Result<()> {
        self.human.output(run, item, bytes)?;
        if let Some(running) = self.running.get(&item) {
            let mut said = running.said.lock().unwrap_or_else(PoisonError::into_inner);
            self.human.said(item).clone_into(&mut said);
        }
        Ok(())
    }
}

impl Drop for Live {
    /// Where the record cannot be written, commands are given up in the middle.
    fn drop(&mut self) {
        let items: Vec<ItemId> = self.running.keys().copied().collect();
        for item in items {
            self.end(item);
        }
    }
}
