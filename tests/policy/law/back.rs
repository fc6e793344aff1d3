//! What holds of the way back, and of the end.

use wf::event::Cause;
use wf::event::Continuation;
use wf::event::RunResult;
use wf::event::Stuck;
use wf::event::Undone;
use wf::plan::Place;
use wf::plan::Policy;
use wf::plan::Undo;

use crate::policy::law::Judge;
use crate::policy::law::Mark;

impl Judge<'_> {
    /// The failed step first, the others in reverse order of their start.
    pub(super) fn turn_back(&mut self, cause: &Cause, steps: &[u32]) {
        assert!(self.due.is_none() && !self.has(Mark::Running));
        let failed = match cause {
            Cause::Item(item) => {
                assert_eq!(self.broken, Some(*item), "another one failed first");
                item.place.step()
            }
            Cause::Operator(_) | Cause::Signal(_) => None,
        };
        let mut expected: Vec<u32> = failed.into_iter().collect();
        if self.plan.settings.rollback == Policy::Unwind || !matches!(cause, Cause::Item(_)) {
            let others = self.started.iter().rev().copied();
            expected.extend(others.filter(|step| Some(*step) != failed));
        }
        assert_eq!(steps, expected);
        assert!(!self.started.is_empty(), "there is nothing to undo");
        self.due = Some(expected);
        self.has_left = false;
        self.is_undo = self.result.take() == Some(RunResult::Succeeded);
        self.is_halted = false;
    }

    fn had_effect(&self, step: u32) -> bool {
        let mut actions = self.plan.items(Place::Action(step)).iter();
        actions.any(|item| self.effects.contains(&item.id) || self.mark(item.id) == Mark::Unknown)
    }

    fn has_failed(&self, place: Place) -> bool {
        let mut items = self.plan.items(place).iter();
        items.any(|item| self.mark(item.id) == Mark::Failed)
    }

    /// The step to undo next.
    pub(super) fn undone_next(&self) -> Option<u32> {
        let due = self.due.as_ref().expect("it turned back");
        due.get(self.dealt.len()).copied()
    }

    pub(super) fn undo(&mut self, step: u32, how: Undone) {
        assert_eq!(self.undone_next(), Some(step), "out of order");
        assert!(!self.has(Mark::Running));
        let undo = &self.plan.step(step).expect("a step of the plan").undo;
        let place = Place::Rollback(step);
        match how {
            Undone::Undone => {
                assert!(matches!(undo, Undo::Items(_)) && self.are_done(place));
            }
            Undone::Nothing => assert!(matches!(undo, Undo::Nothing(_))),
            Undone::Unneeded => {
                assert!(matches!(undo, Undo::Irreversible(_)) && !self.had_effect(step));
            }
            Undone::Left => {
                let is_blocked = match undo {
                    Undo::Items(_) => self.has_failed(place),
                    Undo::Irreversible(_) => self.had_effect(step),
                    Undo::Nothing(_) => false,
                };
                let is_skipped = self.skipped.contains(&Some(step));
                assert!(is_skipped || self.keeps_going && is_blocked, "left alone");
            }
        }
        self.has_left |= how == Undone::Left;
        self.dealt.push(step);
    }

    pub(super) fn stick(&mut self, at: Stuck) {
        assert!(!self.keeps_going && !self.has(Mark::Running));
        match at {
            Stuck::Item(item) => {
                assert_eq!(self.mark(item), Mark::Failed);
                assert_eq!(self.undone_next(), item.place.step());
                assert!(item.place.is_rollback());
            }
            Stuck::Irreversible(step) => {
                assert_eq!(self.undone_next(), Some(step));
                assert!(self.had_effect(step));
            }
        }
        (self.is_halted, self.is_stuck) = (true, true);
    }

    pub(super) fn go_on(&mut self, how: Continuation) {
        assert!(self.due.is_some() && self.is_halted);
        (self.is_halted, self.is_stuck) = (false, false);
        match how {
            Continuation::KeepGoing => self.keeps_going = true,
            Continuation::Skip(step) => {
                self.skipped.insert(step);
            }
            Continuation::Retry => {
                let failed = self
                    .marks
                    .iter()
                    .filter(|(id, mark)| id.place.is_rollback() && **mark == Mark::Failed);
                let failed: Vec<_> = failed.map(|(id, _)| *id).collect();
                for id in failed {
                    self.marks.remove(&id);
                    self.failures.remove(&id);
                }
            }
        }
    }

    pub(super) fn end(&mut self, result: RunResult) {
        assert!(!self.has(Mark::Running));
        let Some(due) = &self.due else {
            return self.end_forward(result);
        };
        assert_eq!(&self.dealt, due);
        let is_skipped = self.skipped.contains(&None);
        let is_left = self.keeps_going && self.has_failed(Place::Procedure);
        assert!(self.are_done(Place::Procedure) || is_skipped || is_left);
        let expected =
            if self.is_undo && !self.has_left && self.are_done(Place::Procedure) && !is_skipped {
                RunResult::Undone
            } else {
                RunResult::Failed
            };
        assert_eq!(result, expected);
        self.result = Some(result);
    }

    fn end_forward(&mut self, result: RunResult) {
        if result == RunResult::Succeeded {
            assert_eq!(self.succeeded.len(), self.plan.steps.len());
            assert!(self.are_done(Place::Prerequisites) && self.are_done(Place::Criteria));
            assert_eq!(self.broken, None);
        } else {
            // Without a step to undo it ends where it failed, or where a person gave it up.
            assert_eq!(result, RunResult::Failed);
            assert!(self.started.is_empty());
        }
        self.result = Some(result);
    }
}
