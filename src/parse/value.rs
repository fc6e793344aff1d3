//! Values that stand in a document: references to steps, waivers, options, triggers, log paths.

use std::time::Duration;

use rustc_hash::FxHashMap;

use crate::markdown::BlockId;
use crate::markdown::InlineKind;
use crate::markdown::Tree;
use crate::markdown::content;
use crate::nearest;
use crate::source::Source;
use crate::source::Span;
use crate::workflow::Step;

/// Why a step has no rollback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiver {
    /// There is nothing to undo.
    None,
    /// It cannot be undone.
    Irreversible,
}

const WAIVERS: [(&str, Waiver); 8] = [
    ("none", Waiver::None),
    ("n/a", Waiver::None),
    ("na", Waiver::None),
    ("not applicable", Waiver::None),
    ("nothing to undo", Waiver::None),
    ("nothing", Waiver::None),
    ("irreversible", Waiver::Irreversible),
    ("not reversible", Waiver::Irreversible),
];

/// The waiver that a Rollback's text is, and its reason if it gives one.
#[must_use]
pub fn waiver(text: &str) -> Option<(Waiver, Option<&str>)> {
    let text = text.trim_start_matches(['*', '_']);
    let (word, waiver) = WAIVERS.into_iter().find(|(word, _)| {
        let goes_on = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
        text.get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word))
            && (!text[word.len()..].starts_with(goes_on) || text[word.len()..].starts_with("- "))
    })?;
    let rest = text[word.len()..]
        .trim_start_matches(['*', '_'])
        .trim_start();
    let reason = rest
        .strip_prefix(['—', '–', '-', ':'])
        .map(|reason| reason.trim_matches([' ', '\t', '-', '—', '–']));
    Some((
        waiver,
        reason.filter(|reason| reason.contains(char::is_alphanumeric)),
    ))
}

/// A reference of a step to another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference {
    /// Where it stands.
    pub span: Span,
    /// The place of the step it means, if there is one.
    pub step: Option<usize>,
}

/// The steps of a document by number and by name.
#[derive(Debug)]
pub struct StepNames {
    /// What stands before a step's number: `Step`.
    word: String,
    numbers: FxHashMap<u32, usize>,
    names: FxHashMap<String, usize>,
}

impl StepNames {
    /// Index the steps; of two with one name or number the first is meant.
    #[must_use]
    pub fn new(word: &str, steps: &[Step]) -> Self {
        let mut index = Self {
            word: word.trim().to_owned(),
            numbers: FxHashMap::default(),
            names: FxHashMap::default(),
        };
        for (at, step) in steps.iter().enumerate() {
            if let Some((number, _)) = step.number {
                index.numbers.entry(number).or_insert(at);
            }
            index.names.entry(nearest::fold(&step.name)).or_insert(at);
        }
        index
    }

    /// The references of a `Depends on`: numbers or names, separated by commas; a name may hold commas itself.
    #[must_use]
    pub fn references(&self, source: &Source, value: Span) -> Vec<Reference> {
        let text = source.slice(value);
        if nearest::same(text.trim_end_matches('.'), "none") && self.find(text).is_none() {
            return Vec::new();
        }
        let mut cuts: Vec<usize> = text.match_indices(',').map(|(at, _)| at).collect();
        cuts.push(text.len());
        let mut references = Vec::new();
        let (mut start, mut cut) = (0, 0);
        while cut < cuts.len() {
            if text[start..cuts[cut]].trim().is_empty() {
                start = (cuts[cut] + 1).min(text.len());
                cut += 1;
                continue;
            }
            // Of the pieces that begin here the longest that names a step, within reason; else the shortest.
            let longest = (cut..cuts.len().min(cut + 8))
                .rev()
                .find(|&end| self.find(&text[start..cuts[end]]).is_some());
            let end = longest.unwrap_or(cut);
            let span = source.trim(Span::new(value.start() + start, value.start() + cuts[end]));
            if !span.is_empty() {
                references.push(Reference {
                    span,
                    step: self.find(source.slice(span)),
                });
            }
            start = (cuts[end] + 1).min(text.len());
            cut = end + 1;
        }
        references
    }

    /// The number by which a reference names its step; `None` where it does so by name.
    #[must_use]
    pub fn digits(&self, source: &Source, reference: Span) -> Option<Span> {
        let text = source.slice(reference);
        if self.names.contains_key(&nearest::fold(plain(text))) {
            return None;
        }
        let at = text.find(|c: char| c.is_ascii_digit())?;
        let length = text[at..].bytes().take_while(u8::is_ascii_digit).count();
        let start = reference.start() + at;
        Some(Span::new(start, start + length))
    }

    fn find(&self, text: &str) -> Option<usize> {
        let text = plain(text);
        if let Some(&step) = self.names.get(&nearest::fold(text)) {
            return Some(step);
        }
        // `Step 2`, `2`, `#2`, `Step 2: Build`.
        let digits = text.trim_start_matches(|c: char| !c.is_ascii_digit());
        let word = text[..text.len() - digits.len()].trim_end_matches([' ', '#']);
        let end = digits
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(digits.len());
        let rest = digits[end..].trim_start_matches([':', '.', ' ', '-', '–', '—']);
        let is_number = word.is_empty() || nearest::same(word, &self.word);
        let &step = self
            .numbers
            .get(&digits[..end].parse().ok().filter(|_| is_number)?)?;
        (rest.is_empty() || self.names.get(&nearest::fold(rest)) == Some(&step)).then_some(step)
    }
}

/// A reference without the marks of a link, code or emphasis around it.
fn plain(text: &str) -> &str {
    let text = text
        .trim()
        .trim_end_matches('.')
        .trim_matches(['`', '*', '_']);
    let link = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let is_whole = |target: &str| {
        let inside = |open, close| target.strip_prefix(open)?.strip_suffix(close);
        let inside = inside('(', ')').or_else(|| inside('[', ']'));
        target.is_empty() || inside.is_some_and(|inside| !inside.contains([')', ']']))
    };
    match link {
        Some((inner, target)) if is_whole(target) => inner,
        _ => text,
    }
}

/// A `Timeout`: `10m`, `1h 30m`; more than nothing.
#[must_use]
pub fn timeout(text: &str) -> Option<Duration> {
    humantime::parse_duration(text.trim_matches('`'))
        .ok()
        .filter(|timeout| !timeout.is_zero())
}

/// `Retries`: a whole number, 100 at most.
#[must_use]
pub fn retries(text: &str) -> Option<u32> {
    let digits = text.trim_matches('`');
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits
        .parse()
        .ok()
        .filter(|&retries| plain && retries <= 100)
}

/// `Idempotent`: yes or no.
#[must_use]
pub fn yes_or_no(text: &str) -> Option<bool> {
    match nearest::fold(text.trim_matches('`')).as_str() {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

/// Why a path cannot be used inside the project, if so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathFault {
    /// It names a place from the top of the file system, or in a home folder.
    Absolute,
    /// It leads out of the project root.
    Outside,
    /// It lies in `.git`.
    InGit,
}

/// Check a path that a document names against leaving the project root.
#[must_use]
pub fn path_fault(path: &str) -> Option<PathFault> {
    let has_drive = path.as_bytes().get(1) == Some(&b':')
        && path.starts_with(|c: char| c.is_ascii_alphabetic());
    if path.starts_with(['/', '\\', '~']) || has_drive {
        return Some(PathFault::Absolute);
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in path
        .split(['/', '\\'])
        .filter(|part| !part.is_empty() && *part != ".")
    {
        if part != ".." {
            parts.push(part);
        } else if parts.pop().is_none() {
            return Some(PathFault::Outside);
        }
    }
    parts
        .first()
        .is_some_and(|first| first.eq_ignore_ascii_case(".git"))
        .then_some(PathFault::InGit)
}

/// The code spans of an item, without their backticks.
#[must_use]
pub fn code_spans(tree: &Tree, source: &Source, item: BlockId) -> Vec<Span> {
    let inlines = tree.inlines(item).iter();
    inlines
        .filter(|inline| inline.kind == InlineKind::Code)
        .filter_map(|inline| content::code_span(source, inline.span))
        .collect()
}

/// The NAME of a trigger (`execute-task NAME`, `wf run NAME`), with its place in `code`.
#[must_use]
pub fn trigger_name(code: &str) -> Option<(usize, &str)> {
    let words: Vec<&str> = code.split_whitespace().collect();
    let (["execute-task", name] | ["wf", "run", name]) = words[..] else {
        return None;
    };
    (!name.starts_with('-')).then(|| (code.trim_end().len() - name.len(), name))
}

/// A file's name without folders and ending.
#[must_use]
pub fn stem(path: &str) -> &str {
    let file = path.rsplit_once('/').map_or(path, |(_, file)| file);
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
}

/// The name that a file's stem or a trigger's NAME is compared by: `_` as `-`, lower case, without an ordering
/// prefix (`01_`) and the ending `-workflow`.
#[must_use]
pub fn workflow_name(stem: &str) -> String {
    let mut name = stem.to_lowercase();
    if name.contains('_') {
        name = name.replace('_', "-");
    }
    let digits = name.bytes().take_while(u8::is_ascii_digit).count();
    let unprefixed = name[digits..].strip_prefix('-');
    if digits > 0 && unprefixed.is_some_and(|rest| !rest.is_empty()) {
        name.drain(..=digits);
    }
    if let Some(bare) = name.strip_suffix("-workflow").map(str::len)
        && bare > 0
    {
        name.truncate(bare);
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_waiver_wants_a_reason() {
        assert_eq!(
            waiver("None — reads only"),
            Some((Waiver::None, Some("reads only")))
        );
        assert_eq!(
            waiver("N/A: reads only"),
            Some((Waiver::None, Some("reads only")))
        );
        assert_eq!(
            waiver("irreversible - mail is sent"),
            Some((Waiver::Irreversible, Some("mail is sent")))
        );
        for text in [
            "None",
            "none.",
            "N/A",
            "None —",
            "None needed",
            "Irreversible – ",
        ] {
            assert_eq!(waiver(text).map(|(_, reason)| reason), Some(None), "{text}");
        }
        for text in ["Nonetheless undo it", "Restore the backup", ""] {
            assert_eq!(waiver(text), None, "{text}");
        }
    }

    #[test]
    fn options_parse_or_do_not() {
        assert_eq!(timeout("1h 30m"), Some(Duration::from_mins(90)));
        assert_eq!(timeout("`90s`"), Some(Duration::from_secs(90)));
        for text in ["0s", "10", "ten minutes", "-1m", ""] {
            assert_eq!(timeout(text), None, "{text}");
        }
        assert_eq!(
            (retries("3"), retries("0"), retries("+3"), retries("101")),
            (Some(3), Some(0), None, None)
        );
        assert_eq!(
            (yes_or_no("Yes"), yes_or_no("no"), yes_or_no("maybe")),
            (Some(true), Some(false), None)
        );
    }

    #[test]
    fn paths_stay_inside() {
        for (path, fault) in [
            ("/var/log/a.log", PathFault::Absolute),
            ("~/a.log", PathFault::Absolute),
            ("C:\\a.log", PathFault::Absolute),
            ("../a.log", PathFault::Outside),
            ("logs/../../a.log", PathFault::Outside),
            (".git/a.log", PathFault::InGit),
            ("logs/../.git/hooks", PathFault::InGit),
        ] {
            assert_eq!(path_fault(path), Some(fault), "{path}");
        }
        for path in [
            "logs/info.log",
            "./logs/a.log",
            "a/../b.log",
            ".github/x.log",
        ] {
            assert_eq!(path_fault(path), None, "{path}");
        }
    }

    #[test]
    fn names_lead_to_documents() {
        for stem in [
            "release_workflow",
            "01_release_workflow",
            "release",
            "Release-Workflow",
            "2-release",
        ] {
            assert_eq!(workflow_name(stem), "release", "{stem}");
        }
        assert_eq!(workflow_name("workflow"), "workflow");
        assert_eq!(workflow_name("01"), "01");
        assert_eq!(trigger_name("execute-task release"), Some((13, "release")));
        assert_eq!(trigger_name("wf run  release "), Some((8, "release")));
        for code in [
            "execute-task",
            "execute-task a b",
            "wf check a",
            "wf run --dry-run",
            "Execute-Task a",
        ] {
            assert_eq!(trigger_name(code), None, "{code}");
        }
    }
}
