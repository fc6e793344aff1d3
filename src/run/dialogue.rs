//! Talking to the person at the terminal, and to whoever sends the program a signal, while a run goes on.
#![expect(
    clippy::disallowed_methods,
    reason = "what a person types is waited for together with all else"
)]

use std::io;
use std::os::fd::AsFd;

use crate::event::Cause;
use crate::event::Event;
use crate::event::Signal;
use crate::plan::ItemId;
use crate::run::error::RunError;
use crate::run::execute::Execution;
use crate::run::next::turn_back;
use crate::run::person::Answer;
use crate::run::person::Choice;
use crate::run::process;
use crate::run::process::Happening;

impl Execution<'_, '_> {
    /// Ask a person about an item, and record the answer; `parked` is what pausing comes to.
    pub(in crate::run) fn ask(&mut self, id: ItemId, parked: Event) -> Result<(), RunError> {
        let item = self.runner.item(id);
        self.runner.person.show(self.runner.run, item);
        let answer = loop {
            match self.read()? {
                Read::Line => {
                    if let Some(answer) = self.runner.person.answer() {
                        break answer;
                    }
                }
                Read::Signal(signal) => return self.signal(signal),
            }
        };
        let by = self.runner.person.name();
        match answer {
            Answer::Done { note } => self.answered(id, true, by, note),
            Answer::Failed { reason } => self.answered(id, false, by, reason),
            Answer::Pause => self.runner.record(parked),
        }
    }

    fn answered(
        &mut self,
        item: ItemId,
        done: bool,
        by: String,
        note: String,
    ) -> Result<(), RunError> {
        self.runner.record(Event::ItemAnswered {
            item,
            done,
            by,
            note,
        })?;
        Ok(self.runner.journal.sync()?)
    }

    /// Wait until something was typed or a signal came.
    fn read(&mut self) -> Result<Read, RunError> {
        let input = io::stdin();
        loop {
            match self.happening(None, Some(input.as_fd()))? {
                Happening::Input => return Ok(Read::Line),
                Happening::Signal(signal) => return Ok(Read::Signal(of(signal))),
                Happening::Output { id, bytes } => self.output(id, &bytes)?,
                Happening::Ended(ended) => self.ended(*ended)?,
                Happening::Deadline => {}
            }
        }
    }

    /// The program was told to end. What runs is ended; a person at a terminal may choose what follows.
    pub(in crate::run) fn signal(&mut self, signal: Signal) -> Result<(), RunError> {
        let (signal, ending) = self.end(signal)?;
        if ending == Ending::Again {
            return self.suspend(signal, true);
        }
        if signal == Signal::Term || !self.runner.person.is_there() {
            return self.unasked(signal);
        }
        self.runner.person.show_choice();
        let choice = loop {
            match self.read()? {
                Read::Line => {
                    if let Some(choice) = self.runner.person.choose() {
                        break choice;
                    }
                }
                Read::Signal(Signal::Int) => break Choice::Abort,
                Read::Signal(Signal::Term) => return self.unasked(Signal::Term),
            }
        };
        match choice {
            Choice::Pause => self.suspend(signal, false),
            Choice::Abort => self.suspend(signal, true),
            Choice::Rollback if self.runner.state.unwinding.is_some() => Ok(()),
            Choice::Rollback => {
                let name = self.runner.person.name();
                self.roll_back(Cause::Operator(name))
            }
        }
    }

    /// What follows where nobody is asked.
    fn unasked(&mut self, signal: Signal) -> Result<(), RunError> {
        match self.runner.unasked {
            // What ends the way back is no wish to go on with it.
            Choice::Rollback if self.runner.state.unwinding.is_none() => {
                self.roll_back(Cause::Signal(signal))
            }
            _ => self.suspend(signal, false),
        }
    }

    fn roll_back(&mut self, cause: Cause) -> Result<(), RunError> {
        let event = turn_back(&self.runner.run.plan, &self.runner.state, cause);
        self.runner.record(event)
    }

    fn suspend(&mut self, signal: Signal, aborted: bool) -> Result<(), RunError> {
        self.runner.record(Event::RunSuspended { signal, aborted })
    }

    /// End all that runs; a second signal ends it at once. The polite request counts for more than Ctrl-C: nobody
    /// may be there.
    fn end(&mut self, signal: Signal) -> Result<(Signal, Ending), RunError> {
        let mut signal = signal;
        let ids: Vec<process::Id> = self.running.keys().copied().collect();
        for &id in &ids {
            self.pool.interrupt(id);
        }
        let mut ending = Ending::Once;
        while !self.running.is_empty() {
            match self.happening(None, None)? {
                Happening::Signal(again)
                    if again == process::Signal::Interrupt || signal == Signal::Term =>
                {
                    ending = Ending::Again;
                    for &id in &ids {
                        self.pool.kill(id);
                    }
                }
                Happening::Signal(_) => signal = Signal::Term,
                Happening::Output { id, bytes } => self.output(id, &bytes)?,
                Happening::Ended(ended) => self.ended(*ended)?,
                Happening::Input | Happening::Deadline => {}
            }
        }
        Ok((signal, ending))
    }
}

/// What was waited for.
enum Read {
    Line,
    Signal(Signal),
}

/// Whether a signal came once or again while what runs was ended.
#[derive(PartialEq, Eq)]
enum Ending {
    Once,
    Again,
}

pub(in crate::run) fn of(signal: process::Signal) -> Signal {
    match signal {
        process::Signal::Interrupt => Signal::Int,
        process::Signal::Terminate => Signal::Term,
    }
}
