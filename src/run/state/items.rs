//! The items that a run has met, and where each stands. What is asked of them after every event is kept beside them,
//! so that the answer takes no longer the more items there are.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::plan::ItemId;
use crate::plan::Place;
use crate::run::state::ItemState;
use crate::run::state::Status;

/// The items that a run has met.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(in crate::run::state) struct Items {
    met: BTreeMap<ItemId, ItemState>,
    /// How many run.
    running: usize,
    /// For each place how many of its items are done, from the first on without a gap; none where the first is not.
    done: BTreeMap<Place, u32>,
}

impl Items {
    pub(in crate::run::state) fn get(&self, id: ItemId) -> Option<&ItemState> {
        self.met.get(&id)
    }

    pub(in crate::run::state) fn iter(&self) -> impl Iterator<Item = (ItemId, &ItemState)> {
        self.met.iter().map(|(&id, item)| (id, item))
    }

    /// How many run.
    pub(in crate::run::state) fn running(&self) -> usize {
        self.running
    }

    /// How many of a place's items are done before the first that is not.
    pub(in crate::run::state) fn done(&self, place: Place) -> u32 {
        self.done.get(&place).copied().unwrap_or(0)
    }

    /// Change where an item stands, which is met by that.
    pub(in crate::run::state) fn change(
        &mut self,
        id: ItemId,
        change: impl FnOnce(&mut ItemState),
    ) {
        let item = self.met.entry(id).or_default();
        let before = item.status;
        change(item);
        let after = item.status;
        self.running += usize::from(after == Status::Running);
        self.running -= usize::from(before == Status::Running);
        let done = self.done(id.place);
        if after == Status::Done && id.number == done + 1 {
            self.count(id.place, done);
        } else if after != Status::Done && id.number <= done {
            self.keep(id.place, id.number - 1);
        }
    }

    /// Change where many stand at once; those for which `change` is false are met no more.
    pub(in crate::run::state) fn change_all(
        &mut self,
        mut change: impl FnMut(ItemId, &mut ItemState) -> bool,
    ) {
        self.met.retain(|&id, item| change(id, item));
        let running = self.met.values();
        self.running = running
            .filter(|item| item.status == Status::Running)
            .count();
        let places: BTreeSet<Place> = self.met.keys().map(|id| id.place).collect();
        self.done.clear();
        for place in places {
            self.count(place, 0);
        }
    }

    /// Count on, from as many that are known to be done.
    fn count(&mut self, place: Place, known: u32) {
        let is_done = |number| {
            let item = self.met.get(&ItemId { place, number });
            item.is_some_and(|item| item.status == Status::Done)
        };
        let mut done = known;
        while is_done(done + 1) {
            done += 1;
        }
        self.keep(place, done);
    }

    fn keep(&mut self, place: Place, done: u32) {
        if done == 0 {
            self.done.remove(&place);
        } else {
            self.done.insert(place, done);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What happens to an item, or to all of them.
    #[derive(Debug, Clone)]
    enum Change {
        One(ItemId, Status),
        All(Status, Status),
        Forget(Place),
    }

    fn place() -> impl Strategy<Value = Place> {
        prop::sample::select(vec![
            Place::Criteria,
            Place::Action(1),
            Place::Verification(1),
        ])
    }

    fn status() -> impl Strategy<Value = Status> {
        // More are done than not, so that there are stretches to count.
        prop::sample::select(vec![
            Status::Done,
            Status::Done,
            Status::Done,
            Status::Pending,
            Status::Running,
            Status::Failed,
            Status::Unknown,
        ])
    }

    fn changes() -> impl Strategy<Value = Vec<Change>> {
        let one = (place(), 1..6u32, status())
            .prop_map(|(place, number, status)| Change::One(ItemId { place, number }, status));
        let all = (status(), status()).prop_map(|(from, to)| Change::All(from, to));
        let forget = place().prop_map(Change::Forget);
        prop::collection::vec(prop_oneof![8 => one, 1 => all, 1 => forget], 0..60)
    }

    proptest! {
        #[test]
        fn what_is_kept_is_what_counting_finds(changes in changes()) {
            let mut items = Items::default();
            for change in changes {
                match change {
                    Change::One(id, status) => items.change(id, |item| item.status = status),
                    Change::All(from, to) => items.change_all(|_, item| {
                        if item.status == from {
                            item.status = to;
                        }
                        true
                    }),
                    Change::Forget(place) => items.change_all(|id, _| id.place != place),
                }
                let is = |id: ItemId, status| {
                    items.get(id).is_some_and(|item| item.status == status)
                };
                let running = items.iter().filter(|(id, _)| is(*id, Status::Running)).count();
                prop_assert_eq!(items.running(), running);
                for place in [Place::Criteria, Place::Action(1), Place::Verification(1)] {
                    let done = (1..10).take_while(|&number| is(ItemId { place, number }, Status::Done));
                    prop_assert_eq!(items.done(place) as usize, done.count());
                }
            }
        }
    }
}
