//! Carrying out a run: what [`next`] says is done and recorded, until it says that there is nothing to do.
//!
//! The order of things around a command is what makes a crash harmless: its process is made, but waits; that is
//! recorded and synced; only then it begins. Its outcome is recorded before anything follows from it.
#![expect(
    clippy::disallowed_methods,
    reason = "records have a time, and pauses before further attempts an end"
)]

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::os::fd::BorrowedFd;
use std::time::Duration;
use std::time::Instant;

use chrono::SubsecRound;
use chrono::Utc;

use crate::event::Event;
use crate::event::Outcome;
use crate::event::Process;
use crate::event::Record;
use crate::mask::Masker;
use crate::plan::Command;
use crate::plan::Item;
use crate::plan::ItemId;
use crate::run::dialogue::of;
use crate::run::environment::Environment;
use crate::run::environment::environment;
use crate::run::error::RunError;
use crate::run::follower::Follower;
use crate::run::follower::Run;
use crate::run::journal::Journal;
use crate::run::next::Next;
use crate::run::next::next;
use crate::run::outcome;
use crate::run::person::Choice;
use crate::run::person::Person;
use crate::run::process;
use crate::run::process::Ended;
use crate::run::process::Happening;
use crate::run::process::Launch;
use crate::run::process::Pool;
use crate::run::process::StartError;
use crate::run::process::Watch;
use crate::run::record;
use crate::run::state::State;
use crate::run::state::Status;

/// Pauses between attempts grow up to this.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// All that a run is carried out with.
pub struct Runner<'a> {
    /// What does not change.
    pub run: &'a Run,
    /// Where it stands.
    pub state: State,
    /// What happened.
    pub journal: Journal,
    /// What must not be shown.
    pub masker: Masker,
    /// The secrets' values.
    pub secrets: BTreeMap<String, String>,
    /// The caller's environment.
    pub caller: Environment,
    /// Those who are told.
    pub followers: Vec<&'a mut dyn Follower>,
    /// Who may be asked.
    pub person: &'a mut dyn Person,
    /// What a signal leads to where nobody can be asked.
    pub unasked: Choice,
}

/// A run that is being carried out.
pub(in crate::run) struct Execution<'r, 'a> {
    pub(in crate::run) runner: &'r mut Runner<'a>,
    pub(in crate::run) pool: Pool,
    pub(in crate::run) running: BTreeMap<process::Id, (ItemId, u32)>,
    /// When items may be tried again.
    due: BTreeMap<ItemId, Instant>,
}

impl<'a> Runner<'a> {
    /// An item of the run.
    pub(in crate::run) fn item(&self, id: ItemId) -> &'a Item {
        self.run.plan.item(id).expect("the plan has the item")
    }

    /// Record an event, and tell of it. Secrets are masked in all of its words.
    pub fn record(&mut self, event: Event) -> Result<(), RunError> {
        let mut event = event;
        for text in event.texts_mut() {
            if let Cow::Owned(masked) = self.masker.mask(text) {
                *text = masked;
            }
        }
        // A run began when it was named, on that very day.
        let time = match event {
            Event::RunStarted { .. } => self.run.started,
            _ => Utc::now().trunc_subsecs(3),
        };
        let record = self.journal.next(event, time);
        self.state.apply(&self.run.plan, &record.event);
        // After the last record nobody goes on with a run. What a person reads of it then has to be there by then.
        let stops = record::stops(&record.event);
        if stops {
            self.tell(&record, |follower| follower.is_record())?;
        }
        self.journal.append(&record)?;
        self.tell(&record, |follower| !(stops && follower.is_record()))
    }

    fn tell(
        &mut self,
        record: &Record,
        whom: impl Fn(&dyn Follower) -> bool,
    ) -> Result<(), RunError> {
        for follower in &mut self.followers {
            if whom(&**follower) {
                follower.event(self.run, record, &self.state)?;
            }
        }
        Ok(())
    }

    /// Carry the run out until it ends or waits for a person.
    pub fn execute(&mut self) -> Result<(), RunError> {
        let settings = &self.run.plan.settings;
        let pool = Pool::new(process::Settings {
            run: self.run.id.clone(),
            folder: self.run.folder(),
            max_output: settings.max_output,
            grace: Duration::from_millis(settings.grace_ms),
            masker: self.masker.clone(),
        })?;
        let mut execution = Execution {
            runner: self,
            pool,
            running: BTreeMap::new(),
            due: BTreeMap::new(),
        };
        execution.carry_out()
    }
}

impl Execution<'_, '_> {
    fn carry_out(&mut self) -> Result<(), RunError> {
        loop {
            let next = next(&self.runner.run.plan, &self.runner.state);
            match next {
                Next::Record(event) => match &event {
                    Event::RunParked { waiting, .. }
                        if !waiting.is_empty() && self.runner.person.is_there() =>
                    {
                        self.ask(waiting[0], event)?;
                    }
                    _ => self.runner.record(event)?,
                },
                Next::Start(items) => self.start(&items)?,
                Next::Wait => self.wait(None)?,
                Next::Stop => break,
            }
        }
        self.runner.journal.sync()?;
        Ok(())
    }

    /// Start one of the items: if it cannot be started, the others may not be due any more. One whose pause is not over
    /// waits.
    fn start(&mut self, items: &[ItemId]) -> Result<(), RunError> {
        let now = Instant::now();
        let is_due = |item: &ItemId| self.due.get(item).is_none_or(|due| *due <= now);
        let Some(id) = items.iter().copied().find(is_due) else {
            let due = items.iter().filter_map(|item| self.due.get(item));
            let first = due.min().copied();
            return self.wait(first);
        };
        self.due.remove(&id);
        match &self.runner.item(id).command {
            None => self.runner.record(Event::ItemAsked { item: id }),
            Some(command) => self.spawn(id, command),
        }
    }

    /// Make a command's process, record it, let it begin.
    fn spawn(&mut self, id: ItemId, command: &Command) -> Result<(), RunError> {
        let runner = &mut *self.runner;
        let plan = &runner.run.plan;
        let step = id.place.step().and_then(|step| plan.step(step));
        let directory = step.map_or("", |step| &step.directory);
        let attempt = runner.state.item(id).attempts + 1;
        let launch = Launch {
            item: id.to_string(),
            attempt,
            interpreter: command.program.clone(),
            script: command.code.clone(),
            root: runner.run.root.clone(),
            directory: if directory.is_empty() {
                runner.run.root.clone()
            } else {
                runner.run.root.join(directory)
            },
            environment: environment(
                runner.run,
                &runner.state,
                id.place,
                &runner.caller,
                &runner.secrets,
            ),
            timeout: plan.timeout_ms(id.place).map(Duration::from_millis),
        };
        let started = match self.pool.start(&launch) {
            Ok(started) => started,
            Err(StartError::Record(error)) => return Err(error.into()),
            Err(error) => return self.not_started(id, attempt, &error),
        };
        self.running.insert(started.id, (id, attempt));
        runner.record(Event::ItemStarted {
            item: id,
            attempt,
            process: Some(Process {
                id: started.process.pid,
                birth: started.process.birth,
            }),
        })?;
        runner.journal.sync()?;
        if let Err(error) = self.pool.release(started.id) {
            // Nobody has to find out later what became of it. The failure itself is what stops the run.
            let _ = self.never_began(id, attempt, error.to_string());
            return Err(error.into());
        }
        Ok(())
    }

    fn not_started(
        &mut self,
        item: ItemId,
        attempt: u32,
        error: &StartError,
    ) -> Result<(), RunError> {
        self.runner.record(Event::ItemStarted {
            item,
            attempt,
            process: None,
        })?;
        self.never_began(item, attempt, error.to_string())
    }

    fn never_began(&mut self, item: ItemId, attempt: u32, reason: String) -> Result<(), RunError> {
        self.runner.record(Event::ItemFinished {
            item,
            attempt,
            outcome: Outcome::NotStarted { reason },
            duration_ms: 0,
            output_bytes: 0,
            output_end: String::new(),
            line: None,
            variables: BTreeMap::new(),
        })
    }

    /// Wait for one thing to happen, and take it in.
    fn wait(&mut self, deadline: Option<Instant>) -> Result<(), RunError> {
        match self.happening(deadline, None)? {
            Happening::Output { id, bytes } => self.output(id, &bytes),
            Happening::Ended(ended) => self.ended(*ended),
            Happening::Signal(signal) => self.signal(of(signal)),
            Happening::Input | Happening::Deadline => Ok(()),
        }
    }

    /// The next thing that happens. Output waits in its pipe as long as one who is told of it is behind.
    pub(in crate::run) fn happening(
        &mut self,
        deadline: Option<Instant>,
        input: Option<BorrowedFd<'_>>,
    ) -> Result<Happening, RunError> {
        let followers = &self.runner.followers;
        let watch = Watch {
            deadline,
            input,
            room: followers.iter().find_map(|follower| follower.behind()),
        };
        Ok(self.pool.watch(watch)?)
    }

    pub(in crate::run) fn output(&mut self, id: process::Id, bytes: &[u8]) -> Result<(), RunError> {
        let (item, _) = self.running[&id];
        for follower in &mut self.runner.followers {
            follower.output(self.runner.run, item, bytes)?;
        }
        Ok(())
    }

    pub(in crate::run) fn ended(&mut self, ended: Ended) -> Result<(), RunError> {
        let (item, attempt) = self
            .running
            .remove(&ended.id)
            .expect("the pool runs what was started");
        let mut ended = ended;
        let plan = &self.runner.run.plan;
        let planned = plan.item(item);
        let verdict = outcome::judge(planned, &mut ended, self.runner.state.all_variables())?;
        let is_success = verdict.outcome.is_success();
        let command = planned.and_then(|item| item.command.as_ref());
        let first = command.map_or(1, |command| command.line);
        let line = verdict.line.filter(|_| !is_success);
        self.runner.record(Event::ItemFinished {
            item,
            attempt,
            outcome: verdict.outcome,
            duration_ms: ended.duration.as_millis() as u64,
            output_bytes: ended.kept.bytes,
            output_end: if is_success {
                String::new()
            } else {
                ended.last
            },
            line: line.map(|line| first + line - 1),
            variables: verdict.variables,
        })?;
        self.pause(item);
        Ok(())
    }

    /// Let an item that is to be tried again wait: twice as long each time, and not all at one moment.
    fn pause(&mut self, item: ItemId) {
        let state = self.runner.state.item(item);
        let settings = &self.runner.run.plan.settings;
        if state.status == Status::Pending && state.failures > 0 {
            let first = Duration::from_millis(settings.retry_delay_ms);
            let pause = first
                .saturating_mul(1 << (state.failures - 1).min(16))
                .min(LONGEST_PAUSE);
            let pause = pause.mul_f64(0.75 + 0.5 * fastrand::f64());
            self.due.insert(item, Instant::now() + pause);
        }
    }
}
