//! What an item asks for: a command, or a person.

use memchr::memmem::Finder;

use crate::config::Interpreters;
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
    Ambiguous(Ambiguity),
}

/// Why it cannot be told what an item runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ambiguity {
    /// Something other than exactly one code span follows `Run:`.
    RunLine,
    /// `Run:` begins a line that is not the last of its paragraph.
    NotLast,
    /// Two commands.
    Two,
    /// A command in a list within the item.
    Nested,
    /// A block that runs although it seems to say `no-run`.
    NearlyNoRun,
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
    /// One that the configuration maps to an interpreter.
    Configured,
}

impl Language {
    /// The language that a fenced block's info string names, unless it says `no-run`.
    #[must_use]
    pub fn of(fence: &Fence, interpreters: &Interpreters) -> Option<Self> {
        let mut words = info_words(fence);
        let language = match words.next()? {
            "bash" | "shell" => Self::Bash,
            "sh" => Self::Sh,
            "python" | "py" | "python3" => Self::Python,
            "console" | "shell-session" => Self::Console,
            name if interpreters.contains_key(name) => Self::Configured,
            _ => return None,
        };
        (!words.any(|word| word == "no-run")).then_some(language)
    }

    /// The name of the language as a fenced block's info string has it.
    #[must_use]
    pub fn name(fence: &Fence) -> &str {
        info_words(fence).next().unwrap_or_default()
    }

    /// Whether a shell runs it.
    #[must_use]
    pub fn is_shell(self) -> bool {
        matches!(self, Self::Bash | Self::Sh | Self::Console)
    }
}

fn info_words(fence: &Fence) -> impl Iterator<Item = &str> {
    let words = fence.info.split([' ', '\t', ',', '{', '}']);
    words.filter(|word| !word.is_empty())
}

/// Whether a block's info string says in another form that it is only shown: as Rust's documentation does, say.
fn says_nearly_no_run(fence: &Fence) -> bool {
    let is_nearly = |word: &str| {
        let letters = word.chars().filter(|c| !matches!(c, '-' | '_'));
        let letters: String = letters.flat_map(char::to_lowercase).collect();
        ["norun", "noexec", "dontrun", "donotrun"].contains(&&*letters)
    };
    info_words(fence).skip(1).any(is_nearly)
}

/// The text that items are read from.
#[derive(Debug)]
pub struct Items<'a> {
    tree: &'a Tree,
    source: &'a Source,
    interpreters: &'a Interpreters,
    /// Finds `Run:` in a paragraph; none where it stands nowhere in the text.
    run: Option<Finder<'static>>,
}

impl<'a> Items<'a> {
    /// The items of a text. `interpreters` are the languages that the configuration maps to one.
    #[must_use]
    pub fn new(tree: &'a Tree, source: &'a Source, interpreters: &'a Interpreters) -> Self {
        let run = Finder::new("Run:");
        let is_there = run.find(source.text().as_bytes()).is_some();
        Self {
            tree,
            source,
            interpreters,
            run: is_there.then_some(run),
        }
    }

    /// What an item asks for. `end` is where its field ends: a swallowed label may cut it.
    #[must_use]
    pub fn work(&self, item: BlockId, end: u32) -> Work {
        if self.run.is_none() && self.is_paragraph(item) {
            return Work::Manual;
        }
        let mut found = None;
        let children = self.tree.children(item);
        for id in children.filter(|&id| self.tree.block(id).span.start < end) {
            let block = self.tree.block(id);
            let next = match &block.kind {
                BlockKind::Fence(fence) => Language::of(fence, self.interpreters).map(|language| {
                    if says_nearly_no_run(fence) {
                        Work::Ambiguous(Ambiguity::NearlyNoRun)
                    } else {
                        Work::Block(id, language)
                    }
                }),
                BlockKind::Paragraph => self.run_line(block.span, end),
                BlockKind::List { .. } if self.has_command(id) => {
                    Some(Work::Ambiguous(Ambiguity::Nested))
                }
                _ => None,
            };
            found = match (found, next) {
                (Some(Work::Ambiguous(why)), _) => return Work::Ambiguous(why),
                (Some(_), Some(_)) => return Work::Ambiguous(Ambiguity::Two),
                (found, next) => found.or(next),
            };
        }
        found.unwrap_or(Work::Manual)
    }

    /// Whether an item is one paragraph, as most are.
    fn is_paragraph(&self, item: BlockId) -> bool {
        let end = self.tree.block(item).next;
        let first = self.tree.blocks.get(item as usize + 1);
        let first = first.filter(|block| block.next == end);
        first.is_some_and(|block| matches!(block.kind, BlockKind::Paragraph))
    }

    /// The command of a paragraph of which a line begins with `Run:`.
    fn run_line(&self, paragraph: Span, end: u32) -> Option<Work> {
        let run = self.run.as_ref()?;
        let source = self.source;
        let end = paragraph.end().min(end as usize);
        let span = source.trim(Span::new(paragraph.start(), end));
        // Most paragraphs hold no such line: look before cutting them up.
        run.find(source.slice(span).as_bytes())?;
        let mut start = span.start();
        let mut lines = source.slice(span).split_inclusive(['\n', '\r']).peekable();
        let mut found = None;
        while let Some(line) = lines.next() {
            let rest = line.trim_start().strip_prefix("Run:");
            let after = rest.map(|rest| start + line.len() - rest.len());
            start += line.len();
            let Some(after) = after else {
                continue;
            };
            found = Some(match found {
                Some(_) => Work::Ambiguous(Ambiguity::Two),
                None if lines.peek().is_some() => Work::Ambiguous(Ambiguity::NotLast),
                None => self.after_run(Span::new(after, span.end())),
            });
        }
        found
    }

    fn after_run(&self, rest: Span) -> Work {
        // A comment, such as a suppression, is no text.
        let text = self.source.slice(rest).trim_end();
        let comment = text.ends_with("-->").then(|| text.rfind("<!--")).flatten();
        let end = comment.map_or(rest.end(), |comment| rest.start() + comment);
        let value = self.source.trim(Span::new(rest.start(), end));
        content::code_span(self.source, value)
            .map_or(Work::Ambiguous(Ambiguity::RunLine), Work::Line)
    }

    fn has_command(&self, list: BlockId) -> bool {
        let mut blocks = self.tree.descendants(list).map(|id| self.tree.block(id));
        blocks.any(|block| match &block.kind {
            BlockKind::Fence(fence) => Language::of(fence, self.interpreters).is_some(),
            BlockKind::Paragraph => self.run_line(block.span, u32::MAX).is_some(),
            _ => false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown;

    fn of(text: &str) -> String {
        let source = Source::new("a.md", text);
        let tree = markdown::parse(&source);
        let interpreters = Interpreters::from([("ruby".to_owned(), vec!["ruby".to_owned()])]);
        let items = Items::new(&tree, &source, &interpreters);
        match items.work(1, u32::MAX) {
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
        assert_eq!(of("1. Run: `make`\n   and then wait"), "Ambiguous(NotLast)");
    }

    #[test]
    fn what_could_be_two_things_is_neither() {
        assert_eq!(of("1. Build\n   Run: `a` or `b`"), "Ambiguous(RunLine)");
        assert_eq!(of("1. Build\n   Run: make"), "Ambiguous(RunLine)");
        assert_eq!(of("1. Build\n   Run: `make` |"), "Ambiguous(RunLine)");
        assert_eq!(
            of("1. Build\n   Run: `a`\n\n   ```sh\n   b\n   ```"),
            "Ambiguous(Two)"
        );
        assert_eq!(of("1. Build\n   - Run: `a`"), "Ambiguous(Nested)");
        assert_eq!(of("1. Run: `a`\n   Run: `b`"), "Ambiguous(Two)");
        assert_eq!(of("1. Build\n\n   ```ruby\n   a\n   ```"), "Configured");
    }
}
