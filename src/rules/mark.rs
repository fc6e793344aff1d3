//! What in a piece of a script is worth a rule's look. Runbooks repeat their commands: that is asked once for each
//! piece, and a rule passes over the commands without its mark.

use crate::rules::danger;
use crate::rules::repeat;
use crate::rules::shell;
use crate::shell::Facts;
use crate::shell::Marks;

/// Something does not parse, or is none of `sh`.
pub const SYNTAX: Marks = 1;
/// A word stands for a value, or something in brackets may.
pub const PLACEHOLDER: Marks = 1 << 1;
/// A variable is read that neither the piece nor every shell gives.
pub const VARIABLE: Marks = 1 << 2;
/// A parameter is expanded whose value the shell splits into words.
pub const SPLITTING: Marks = 1 << 3;
/// It may do damage.
pub const DANGER: Marks = 1 << 4;
/// It may fail when it is repeated.
pub const REPEAT: Marks = 1 << 5;

/// A mark, and whether a piece has it.
type Test = (Marks, fn(&Facts) -> bool);

const TESTS: [Test; 6] = [
    (SYNTAX, |facts| {
        !facts.faults.is_empty() || !facts.bash_only.is_empty()
    }),
    (PLACEHOLDER, |facts| {
        !facts.placeholders.is_empty() || facts.text.contains('[')
    }),
    (VARIABLE, shell::may_be_undeclared),
    (SPLITTING, |facts| {
        facts.expansions.iter().any(|expansion| expansion.splits)
    }),
    (DANGER, danger::may_be_dangerous),
    (REPEAT, repeat::may_fail_repeated),
];

/// The marks of a piece.
#[must_use]
pub fn marks(facts: &Facts) -> Marks {
    let tests = TESTS.iter().filter(|(_, has)| has(facts));
    tests.fold(0, |marks, (mark, _)| marks | mark)
}
