//! What reaches over lines, looked up line by line.

use std::iter::Peekable;
use std::ops::RangeInclusive;
use std::vec::IntoIter;

/// Things that reach over lines, asked for line by line, downwards.
pub struct Reaching<T> {
    /// Those that begin further down.
    later: Peekable<IntoIter<(RangeInclusive<u32>, T)>>,
    /// Those that have begun, each with its last line. The last one has not ended yet.
    begun: Vec<(u32, T)>,
}

impl<T: Copy> Reaching<T> {
    /// Take them in any order, each with its lines.
    pub fn new(mut all: Vec<(RangeInclusive<u32>, T)>) -> Self {
        all.sort_by_key(|(lines, _)| *lines.start());
        Self {
            later: all.into_iter().peekable(),
            begun: Vec::new(),
        }
    }

    /// What reaches a line, which stands no higher than the one asked for before: of several, what began last.
    pub fn at(&mut self, line: u32) -> Option<T> {
        let begins = |(lines, _): &(RangeInclusive<u32>, T)| *lines.start() <= line;
        while let Some((lines, thing)) = self.later.next_if(begins) {
            self.begun.push((*lines.end(), thing));
        }
        while self.begun.pop_if(|(end, _)| *end < line).is_some() {}
        self.begun.last().map(|(_, thing)| *thing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reaches_a_line_is_what_began_last() {
        let mut reaching = Reaching::new(vec![
            (7..=9, 'c'),
            (1..=3, 'a'),
            (2..=5, 'b'),
            (8..=8, 'd'),
            (11..=11, 'e'),
        ]);
        let mut seen = String::new();
        for line in [0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] {
            seen.push(reaching.at(line).unwrap_or('.'));
        }
        assert_eq!(seen, ".aabbbb.cdc.e.");
    }
}
