//! Steps that wait for each other.

use std::collections::VecDeque;
use std::collections::hash_map::Entry;

use petgraph::algo::kosaraju_scc;
use petgraph::graph::DiGraph;
use petgraph::graph::NodeIndex;
use rustc_hash::FxHashMap;
use rustc_hash::FxHashSet;

use crate::source::Span;

/// A way through the dependencies that comes back to where it began.
#[derive(Debug, PartialEq, Eq)]
pub struct Cycle {
    /// The steps on it, the first of the document first.
    pub steps: Vec<usize>,
    /// The reference of the first step that leads into it.
    pub first: Span,
}

/// One cycle for each knot of steps that wait for each other, through the knot's first step and as short as
/// possible. `edges` gives for each step those that it depends on.
#[must_use]
pub fn cycles(edges: &[Vec<(usize, Span)>]) -> Vec<Cycle> {
    let pairs = edges
        .iter()
        .enumerate()
        .flat_map(|(from, targets)| targets.iter().map(move |(to, _)| (from as u32, *to as u32)));
    let graph: DiGraph<(), ()> = DiGraph::from_edges(pairs);
    let mut cycles: Vec<Cycle> = kosaraju_scc(&graph)
        .into_iter()
        .filter(|knot| knot.len() > 1)
        .filter_map(|knot| {
            let knot: FxHashSet<usize> = knot.into_iter().map(NodeIndex::index).collect();
            shortest(edges, &knot)
        })
        .collect();
    cycles.sort_by_key(|cycle| cycle.first);
    cycles
}

/// The shortest way through a knot from its first step back to it.
fn shortest(edges: &[Vec<(usize, Span)>], knot: &FxHashSet<usize>) -> Option<Cycle> {
    let start = knot.iter().copied().min()?;
    let mut from: FxHashMap<usize, usize> = FxHashMap::default();
    let mut queue = VecDeque::from([start]);
    while let Some(at) = queue.pop_front() {
        for &(to, _) in edges[at].iter().filter(|(to, _)| knot.contains(to)) {
            if to == start {
                let mut steps = vec![at];
                while let Some(&before) = steps.last().and_then(|last| from.get(last)) {
                    steps.push(before);
                }
                steps.reverse();
                let first = edges[start]
                    .iter()
                    .find(|(to, _)| Some(to) == steps.get(1))?
                    .1;
                return Some(Cycle { steps, first });
            }
            if let Entry::Vacant(entry) = from.entry(to) {
                entry.insert(at);
                queue.push_back(to);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(edges: &[&[usize]]) -> Vec<(Vec<usize>, usize)> {
        let edges: Vec<Vec<(usize, Span)>> = edges
            .iter()
            .enumerate()
            .map(|(from, targets)| {
                targets
                    .iter()
                    .map(|&to| (to, Span::new(from * 100 + to, from * 100 + to)))
                    .collect()
            })
            .collect();
        cycles(&edges)
            .into_iter()
            .map(|cycle| (cycle.steps, cycle.first.start()))
            .collect()
    }

    #[test]
    fn each_knot_gives_one_cycle() {
        assert_eq!(found(&[&[], &[0], &[0, 1]]), []);
        assert_eq!(found(&[&[1], &[0]]), [(vec![0, 1], 1)]);
        assert_eq!(found(&[&[2], &[0], &[1]]), [(vec![0, 2, 1], 2)]);
        assert_eq!(
            found(&[&[1], &[2], &[1]]),
            [(vec![1, 2], 102)],
            "a step that only waits for a knot is not in it"
        );
        assert_eq!(
            found(&[&[1], &[0], &[3], &[2, 0]]).len(),
            2,
            "a knot that waits for another is one of its own"
        );
        assert_eq!(
            found(&[&[1], &[0, 2], &[1]]).len(),
            1,
            "two ways through one knot are one finding"
        );
    }
}
