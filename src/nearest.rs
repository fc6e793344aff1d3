//! Names that are nearly another name.

use std::hash::Hasher;

use rustc_hash::FxHasher;

/// How far apart two names are, in single edits and swaps of neighbours, letters' case aside; `None` where one
/// is not a near miss of the other: more than one edit, and more than a quarter of the longer name's length.
#[must_use]
pub fn near_miss(a: &str, b: &str) -> Option<usize> {
    let (long, short) = (a.len().max(b.len()), a.len().min(b.len()));
    // A name three times as long cannot be near, and a document may hold names of any length.
    if short * 3 < long {
        return None;
    }
    let (a, b) = (fold(a), fold(b));
    let allowed = (a.chars().count().max(b.chars().count()) / 4).max(1);
    let distance = strsim::damerau_levenshtein(&a, &b);
    (distance <= allowed).then_some(distance)
}

/// The name nearest to the one that was looked up; of equals the first. `None` only where there is no name.
pub fn nearest<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name: String = fold(name).chars().take(80).collect();
    names
        .into_iter()
        .min_by_key(|candidate| strsim::damerau_levenshtein(&name, &fold(candidate)))
}

/// Lower case, white space folded: how titles and labels compare.
#[must_use]
pub fn fold(name: &str) -> String {
    // Nearly every name is plain.
    if is_plain(name) {
        return name.to_ascii_lowercase();
    }
    letters(name).collect()
}

/// A number that names which are [`same`] have in common, and others hardly ever.
#[must_use]
pub fn hash(name: &str) -> u64 {
    if !is_plain(name) {
        return hash_plain(&letters(name).collect::<String>());
    }
    hash_plain(name)
}

/// Eight bytes at a time, the bit left out in which upper and lower case differ.
fn hash_plain(name: &str) -> u64 {
    let mut hasher = FxHasher::default();
    let (words, rest) = name.as_bytes().as_chunks::<8>();
    let mut last = [b' '; 8];
    last[..rest.len()].copy_from_slice(rest);
    for word in words.iter().chain([&last]) {
        hasher.write_u64(u64::from_ne_bytes(*word) | u64::from_ne_bytes([0x20; 8]));
    }
    hasher.finish()
}

/// The characters of a name as it compares.
fn letters(name: &str) -> impl Iterator<Item = char> {
    let words = name.split_whitespace().enumerate();
    words.flat_map(|(at, word)| {
        let space = (at > 0).then_some(' ').into_iter();
        space.chain(word.chars().flat_map(char::to_lowercase))
    })
}

/// Whether a text is ASCII without white space but single spaces between words.
fn is_plain(text: &str) -> bool {
    if !text.is_ascii() {
        return false;
    }
    let mut is_after_space = true;
    for byte in text.bytes() {
        let is_space = byte.is_ascii_whitespace() || byte == 0x0B;
        if is_space && (is_after_space || byte != b' ') {
            return false;
        }
        is_after_space = is_space;
    }
    !is_after_space || text.is_empty()
}

/// Whether two names are one, case and white space aside.
#[must_use]
pub fn same(a: &str, b: &str) -> bool {
    // Names that differ mostly do so in their first letter; then nothing need be folded.
    if let (Some(first), Some(second)) = (a.as_bytes().first(), b.as_bytes().first())
        && first.is_ascii_alphanumeric()
        && second.is_ascii_alphanumeric()
        && !first.eq_ignore_ascii_case(second)
    {
        return false;
    }
    a.eq_ignore_ascii_case(b) || !(is_plain(a) && is_plain(b)) && letters(a).eq(letters(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_misses_are_a_quarter_away_at_most() {
        assert_eq!(near_miss("Pre-requisites", "Prerequisites"), Some(1));
        assert_eq!(near_miss("success criterias", "Success Criteria"), Some(1));
        assert_eq!(near_miss("Stpes", "Steps"), Some(1));
        assert_eq!(near_miss("Steps", "Stages"), None);
        assert_eq!(near_miss("Logs", "Logging"), None);
        assert_eq!(near_miss("ab", "cd"), None);
    }

    #[test]
    fn names_compare_without_case_and_white_space() {
        for (a, b) in [
            ("Success  criteria", "success Criteria"),
            ("a\tb", "A b"),
            ("Über", "über"),
            ("Steps ", "steps"),
        ] {
            assert!(same(a, b), "{a} and {b}");
            assert_eq!(hash(a), hash(b), "{a} and {b}");
        }
        for (a, b) in [
            ("Step 1: Build", "Steps"),
            ("ab", "a b"),
            ("Uber", "Über"),
            ("", "a"),
        ] {
            assert!(!same(a, b), "{a} and {b}");
            assert_ne!(hash(a), hash(b), "{a} and {b}");
        }
        assert_eq!(
            (fold(" A  B "), fold("Ünder\u{a0}way")),
            ("a b".to_owned(), "ünder way".to_owned())
        );
    }

    #[test]
    fn something_is_always_nearest() {
        assert_eq!(nearest("zzz", ["abc", "def"]), Some("abc"));
        assert_eq!(
            nearest("mising-title", ["missing-header", "missing-title"]),
            Some("missing-title")
        );
    }
}
