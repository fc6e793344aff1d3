//! What an item asks for: a command, or a person.

use crate::markdown::BlockId;
use crate::markdown::BlockKind;
use crate::markdown::Fence;
use crate::markdown::Tree;
use crate::markdown::content;
use crate::source::Source;
use crate::source::Span;

/// What an item is to the runner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// A person or an agent does it and says so.
    Manual,
    /// A runnable fenced block of its own.
    Block(BlockId, Language),
    /// The code of the span after `Run:`, for bash.
    Line(Span),
    /// More than one of them, or one in a form that cannot be run.
    Ambiguous,
}

/// The languages that run without configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// bash.
    Bash,
    /// POSIX sh.
    Sh,
    /// Python 3.
    Python,
    /// A transcript: `$ ` lines run in bash, the others are their output.
    Console,
}

impl Language {
    /// The language that a fenced block's info string names, unless it says `no-run`.
    #[must_use]
    pub fn of(fence: &Fence) -> Option<Self> {
        let mut words = fence
            .info
            .split([' ', '\t', ',', '{', '}'])
            .filter(|word| !word.is_empty());
        let language = match words.next()? {
            "bash" | "shell" => Self::Bash,
            "sh" => Self::Sh,
            "python" | "py" | "python3" => Self::Python,
            "console" | "shell-session" => Self::Console,
            _ => return None,
        };
        (!words.any(|word| word == "no-run")).then_some(language)
    }
}

/// What an item asks for. `end` is where its field ends: a swallowed label may cut it.
#[must_use]
pub fn work(tree: &Tree, source: &Source, item: BlockId, end: u32) -> Work {
    let mut found = Vec::new();
    let mut last = None;
    for id in tree
        .children(item)
        .filter(|&id| tree.block(id).span.start < end)
    {
        let block = tree.block(id);
        match &block.kind {
            BlockKind::Fence(fence) => {
                found.extend(Language::of(fence).map(|language| Work::Block(id, language)));
            }
            BlockKind::Paragraph => last = Some(run_line(source, block.span, end)),
            BlockKind::List { .. } if has_command(tree, source, id) => return Work::Ambiguous,
            _ => {}
        }
        if let Some(Some(work)) = last.take() {
            found.push(work);
        }
    }
    match found[..] {
        [] => Work::Manual,
        [work] => work,
        _ => Work::Ambiguous,
    }
}

/// The command of a paragraph whose last line begins with `Run:`.
fn run_line(source: &Source, paragraph: Span, end: u32) -> Option<Work> {
    let span = source.trim(Span::new(
        paragraph.start(),
        paragraph.end().min(end as usize),
    ));
    let text = source.slice(span);
    let line = text.rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let (start, text) = (span.start() + line, &text[line..]);
    let rest = text.trim_start().strip_prefix("Run:")?;
    let after = start + text.len() - rest.len();
    // A comment, such as a suppression, is no text.
    let rest = source.slice(Span::new(after, span.end())).trim_end();
    let comment = rest.ends_with("-->").then(|| rest.rfind("<!--")).flatten();
    let end = comment.map_or(span.end(), |comment| after + comment);
    let value = source.trim(Span::new(after, end));
    Some(content::code_span(source, value).map_or(Work::Ambiguous, Work::Line))
}

fn has_command(tree: &Tree, source: &Source, list: BlockId) -> bool {
    tree.descendants(list).any(|id| match &tree.block(id).kind {
        BlockKind::Fence(fence) => Language::of(fence).is_some(),
        BlockKind::Paragraph => run_line(source, tree.block(id).span, u32::MAX).is_some(),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown;

    fn of(text: &str) -> String {
        let source = Source::new("a.md", text);
        let tree = markdown::parse(&source);
        match work(&tree, &source, 1, u32::MAX) {
            Work::Line(span) => format!("line {}", source.slice(span)),
            Work::Block(_, language) => format!("{language:?}"),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn an_item_runs_only_what_says_so() {
        assert_eq!(of("1. `make`"), "Manual");
        assert_eq!(of("1. Build\n   Run: `make all`"), "line make all");
        assert_eq!(of("- [ ] Run: `make`"), "line make");
        assert_eq!(of("1. Run: `make` <!-- why -->"), "line make");
        assert_eq!(of("1. Run: `a``b`"), "line a``b");
        assert_eq!(of("1. Build\n   Run: ``echo `date` ``"), "line echo `date`");
        assert_eq!(of("1. Build\n\n   ```bash\n   make\n   ```"), "Bash");
        assert_eq!(of("1. Build\n\n   ```py\n   x\n   ```"), "Python");
        assert_eq!(
            of("1. Build\n\n   ```bash no-run\n   make\n   ```"),
            "Manual"
        );
        assert_eq!(of("1. Build\n\n   ```yaml\n   a: b\n   ```"), "Manual");
        assert_eq!(of("1. They run: `make`"), "Manual");
        assert_eq!(
            of("1. Run: `make`\n   and then wait"),
            "Manual",
            "only the last line counts"
        );
    }

    #[test]
    fn what_could_be_two_things_is_neither() {
        assert_eq!(of("1. Build\n   Run: `a` or `b`"), "Ambiguous");
        assert_eq!(of("1. Build\n   Run: make"), "Ambiguous");
        assert_eq!(of("1. Build\n   Run: `make` |"), "Ambiguous");
        assert_eq!(
            of("1. Build\n   Run: `a`\n\n   ```sh\n   b\n   ```"),
            "Ambiguous"
        );
        assert_eq!(of("1. Build\n   - Run: `a`"), "Ambiguous");
    }
}
