//! The names of a plan's items.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use serde::Deserializer;
use serde::Serialize;
use serde::Serializer;

/// Where an item stands. Steps by their number, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// Checked before anything runs.
    Prerequisites,
    /// A step's actions.
    Action(u32),
    /// A step's verification.
    Verification(u32),
    /// A step's rollback.
    Rollback(u32),
    /// Checked at the end.
    Criteria,
    /// The Rollback Procedure.
    Procedure,
}

impl Place {
    /// The step that it belongs to.
    #[must_use]
    pub fn step(self) -> Option<u32> {
        match self {
            Self::Action(step) | Self::Verification(step) | Self::Rollback(step) => Some(step),
            Self::Prerequisites | Self::Criteria | Self::Procedure => None,
        }
    }

    /// Whether what stands there only looks: it may be repeated without asking.
    #[must_use]
    pub fn is_check(self) -> bool {
        matches!(
            self,
            Self::Prerequisites | Self::Verification(_) | Self::Criteria
        )
    }

    /// Whether what stands there undoes.
    #[must_use]
    pub fn is_rollback(self) -> bool {
        matches!(self, Self::Rollback(_) | Self::Procedure)
    }
}

/// An item's name: `2.1` is the first action of step 2; `2.verify.1`, `2.rollback.1`, `prerequisites.1`,
/// `criteria.1` and `procedure.1` are the others. Written so everywhere: journal, file names, command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemId {
    /// Where it stands.
    pub place: Place,
    /// Its number there, from 1.
    pub number: u32,
}

impl fmt::Display for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.number;
        match self.place {
            Place::Prerequisites => write!(f, "prerequisites.{number}"),
            Place::Action(step) => write!(f, "{step}.{number}"),
            Place::Verification(step) => write!(f, "{step}.verify.{number}"),
            Place::Rollback(step) => write!(f, "{step}.rollback.{number}"),
            Place::Criteria => write!(f, "criteria.{number}"),
            Place::Procedure => write!(f, "procedure.{number}"),
        }
    }
}

impl FromStr for ItemId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let fail = || {
            format!(
                "`{text}` names no item; items are `2.1` (an action of step 2), `2.verify.1`, `2.rollback.1`, \
                 `prerequisites.1`, `criteria.1` and `procedure.1`"
            )
        };
        let number = |text: &str| {
            let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
            let number = text
                .parse()
                .ok()
                .filter(|&number: &u32| is_plain && number > 0);
            number.ok_or_else(fail)
        };
        let parts: Vec<&str> = text.split('.').collect();
        let (place, last) = match parts[..] {
            ["prerequisites", last] => (Place::Prerequisites, last),
            ["criteria", last] => (Place::Criteria, last),
            ["procedure", last] => (Place::Procedure, last),
            [step, last] => (Place::Action(number(step)?), last),
            [step, "verify", last] => (Place::Verification(number(step)?), last),
            [step, "rollback", last] => (Place::Rollback(number(step)?), last),
            _ => return Err(fail()),
        };
        Ok(Self {
            place,
            number: number(last)?,
        })
    }
}

impl Serialize for ItemId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ItemId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_back_to_its_item() {
        for name in [
            "prerequisites.1",
            "2.1",
            "2.verify.3",
            "10.rollback.12",
            "criteria.1",
            "procedure.2",
        ] {
            let id: ItemId = name.parse().expect(name);
            assert_eq!(id.to_string(), name);
        }
        for name in ["", "2", "2.0", "0.1", "a.b", "2.undo.1", "2.+1", "1.2.3.4"] {
            assert!(name.parse::<ItemId>().is_err(), "{name}");
        }
    }
}
