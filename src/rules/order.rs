//! What is out of order.

/// The places in `ids` that must move so that the rest stands in rising order: as few as possible, and of equally
/// few the first ones.
#[must_use]
pub fn must_move(ids: &[usize]) -> Vec<usize> {
    if ids.is_sorted() {
        return Vec::new();
    }
    // From the end: the longest rising run that begins at each place.
    let mut length = vec![1; ids.len()];
    for at in (0..ids.len()).rev() {
        let longest = (at + 1..ids.len())
            .filter(|&next| ids[next] > ids[at])
            .map(|next| length[next])
            .max();
        length[at] += longest.unwrap_or(0);
    }
    let mut left = length.iter().copied().max().unwrap_or(0);
    let (mut moved, mut floor) = (Vec::new(), None);
    for at in 0..ids.len() {
        // Move this one if what follows can still hold as long a run without it.
        let fits = |place: usize| floor.is_none_or(|floor| ids[place] > floor);
        let without = (at + 1..ids.len()).any(|next| fits(next) && length[next] == left);
        if left > 0 && fits(at) && length[at] == left && !without {
            floor = Some(ids[at]);
            left -= 1;
        } else {
            moved.push(at);
        }
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fewest_and_of_those_the_first() {
        assert!(must_move(&[0, 1, 2]).is_empty());
        assert_eq!(must_move(&[1, 0, 2]), [0]);
        assert_eq!(must_move(&[1, 2, 3, 0]), [3]);
        assert_eq!(must_move(&[2, 0, 1]), [0]);
        assert_eq!(must_move(&[2, 1, 0]), [0, 1]);
        assert_eq!(must_move(&[1, 0, 3, 2]), [0, 2]);
    }
}
