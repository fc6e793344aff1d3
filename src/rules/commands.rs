//! Rules about which items are commands, and what their text may hold.

use crate::markdown::BlockKind;
use crate::markdown::InlineKind;
use crate::markdown::content;
use crate::markdown::content::Piece;
use crate::parse::command;
use crate::parse::command::Item;
use crate::parse::item::Ambiguity;
use crate::parse::item::Language;
use crate::parse::item::Work;
use crate::rule::Context;
use crate::rule::Findings;
use crate::rules::mend;
use crate::source::Span;

/// Programs that a runbook's item is about when it is nothing but a code span that begins with one of them.
const PROGRAMS: [&str; 87] = [
    "ansible",
    "ansible-playbook",
    "apt",
    "apt-get",
    "aws",
    "az",
    "bash",
    "brew",
    "bun",
    "bundle",
    "cargo",
    "cat",
    "cd",
    "chmod",
    "chown",
    "cmake",
    "composer",
    "cp",
    "crictl",
    "curl",
    "deno",
    "dig",
    "dnf",
    "docker",
    "docker-compose",
    "dotnet",
    "dpkg",
    "execute-task",
    "find",
    "flyway",
    "gcloud",
    "gem",
    "gh",
    "git",
    "glab",
    "go",
    "gpg",
    "gradle",
    "grep",
    "gunzip",
    "gzip",
    "helm",
    "java",
    "journalctl",
    "jq",
    "just",
    "kill",
    "kubectl",
    "kustomize",
    "ln",
    "ls",
    "make",
    "mkdir",
    "mv",
    "mvn",
    "mysql",
    "mysqldump",
    "nginx",
    "node",
    "npm",
    "npx",
    "oc",
    "pg_dump",
    "pg_restore",
    "pip",
    "pip3",
    "pnpm",
    "podman",
    "poetry",
    "psql",
    "pytest",
    "python",
    "python3",
    "redis-cli",
    "rm",
    "rsync",
    "ruby",
    "scp",
    "sh",
    "sqlite3",
    "ssh",
    "sudo",
    "systemctl",
    "tar",
    "terraform",
    "wget",
    "yarn",
];

pub fn ambiguous_command(cx: &Context<'_>, out: &mut Findings) {
    for item in cx.items() {
        let Work::Ambiguous(why) = item.work else {
            continue;
        };
        let (message, help) = match why {
            Ambiguity::RunLine => (
                "`Run:` is not followed by exactly one code span",
                "write ``Run: `command` `` and nothing after it",
            ),
            Ambiguity::NotLast => (
                "`Run:` is not the last line of its paragraph",
                "move the line to the end of the paragraph",
            ),
            Ambiguity::Two => (
                "the item holds more than one command",
                "make an item of each, or mark the block that is only shown `no-run`",
            ),
            Ambiguity::Nested => (
                "a command stands in a list within the item",
                "make an item of it, or mark its block `no-run`",
            ),
            Ambiguity::NearlyNoRun => (
                "the block would run, though it seems to be only shown",
                "write `no-run` behind the language, or leave the language alone",
            ),
        };
        out.report(whole(cx, item), message).help(help);
    }
}

/// An item, up to where its field ends.
fn whole(cx: &Context<'_>, item: &Item) -> Span {
    let span = cx.document.tree.block(item.id).span;
    let end = span.end().min(item.end as usize);
    cx.document.source.trim(Span::new(span.start(), end))
}

pub fn unmarked_command(cx: &Context<'_>, out: &mut Findings) {
    for item in cx.items().iter().filter(|item| item.work == Work::Manual) {
        let inlines = cx.document.tree.inlines(item.id).iter();
        let mut code = inlines.filter(|inline| inline.kind == InlineKind::Code);
        // Most items hold no code at all.
        let Some(first) = code.next() else {
            continue;
        };
        let last = code.next_back().unwrap_or(first).span;
        let found = lone_span(cx, item, first.span)
            .or_else(|| last_line(cx, item, last))
            .or_else(|| end_of_line(cx, item, last));
        let Some(Unmarked {
            text,
            span,
            is_called_for,
        }) = found
        else {
            continue;
        };
        let Some(code) = content::code_span(&cx.document.source, span) else {
            continue;
        };
        let word = cx.text(code).split_whitespace().next().unwrap_or_default();
        let is_program = PROGRAMS.binary_search(&word).is_ok()
            || word.contains('/') && cx.neighbours.is_executable(word);
        if is_called_for || is_program {
            out.report(span, "this looks like a command, but nothing says that it is run")
                .help("write ``Run: `command` `` as the last line of the item; or say in words what a person does")
                .fix(text.and_then(|text| mend::commands::marked(cx, text, span)));
        }
    }
}

/// A code span that may be meant as a command.
struct Unmarked {
    /// The text that would go for `Run:` and the span.
    text: Option<Span>,
    span: Span,
    /// Whether something says that it is to be run.
    is_called_for: bool,
}

/// The paragraph and the code span of an item that holds nothing else, or `Run` and the span.
fn lone_span(cx: &Context<'_>, item: &Item, span: Span) -> Option<Unmarked> {
    let tree = &cx.document.tree;
    let mut children = tree.children(item.id);
    let paragraph = children.next()?;
    let block = tree.block(paragraph);
    if !matches!(block.kind, BlockKind::Paragraph) || children.next().is_some() {
        return None;
    }
    let before = cx.text(Span::new(block.span.start(), span.start()));
    let end = block.span.end().min(item.end as usize);
    let after = cx.text(Span::new(span.end(), end.max(span.end())));
    let is_inside = says_run_inside(cx, span);
    let is_called_for = is_verb(before);
    let is_alone = before.is_empty() && after.trim_matches(['.', ' ', '\n', '\r']).is_empty();
    let whole = Span::new(block.span.start(), end);
    (is_called_for || is_alone).then_some(Unmarked {
        text: (!is_inside).then_some(whole),
        span,
        is_called_for: is_called_for || is_inside,
    })
}

/// An item's text, if it ends in the code span, and what stands in it before that.
fn ending_in<'a>(cx: &'a Context<'_>, item: &Item, code: Span) -> Option<(Span, &'a str)> {
    let tree = &cx.document.tree;
    let block = tree.block(tree.children(item.id).next()?);
    let text = Span::new(block.span.start(), block.span.end().min(item.end as usize));
    if !matches!(block.kind, BlockKind::Paragraph) || !text.contains(code) {
        return None;
    }
    let after = cx.text(Span::new(code.end(), text.end()));
    let before = cx.text(Span::new(text.start(), code.start()));
    after
        .trim_matches(['.', ' '])
        .is_empty()
        .then_some((text, before))
}

/// The last line of an item's text, below its title, and the code span on it, if it is `Run` and the span.
fn last_line(cx: &Context<'_>, item: &Item, code: Span) -> Option<Unmarked> {
    let (text, above) = ending_in(cx, item, code)?;
    let before = &above[above.rfind(['\n', '\r'])? + 1..];
    let start = code.start() - before.trim_start().len();
    let is_inside = before.trim().is_empty() && says_run_inside(cx, code);
    (is_inside || is_verb(before)).then_some(Unmarked {
        text: (!is_inside).then_some(Span::new(start, text.end())),
        span: code,
        is_called_for: true,
    })
}

/// The code span that an item's text ends in, behind words and `Run:`.
fn end_of_line(cx: &Context<'_>, item: &Item, code: Span) -> Option<Unmarked> {
    let (_, before) = ending_in(cx, item, code)?;
    let before = before.trim_end().trim_end_matches(['*', '_']);
    let words = before.strip_suffix(':')?;
    let word = words.rsplit([' ', '\t', '\n', '\r']).next()?;
    // `Do a dry run: …` says something else.
    let sentence = words[..words.len() - word.len()].trim_end();
    let is_own = word.starts_with(['R', 'E', '*', '_']) || sentence.ends_with(['.', ';', '!', '?']);
    (is_own && is_verb(word)).then_some(Unmarked {
        text: None,
        span: code,
        is_called_for: true,
    })
}

/// Whether a code span holds what should stand before it.
fn says_run_inside(cx: &Context<'_>, span: Span) -> bool {
    let code = content::code_span(&cx.document.source, span);
    let word = code.and_then(|code| cx.text(code).split_once(':'));
    word.is_some_and(|(word, _)| is_verb(word))
}

/// Whether a text says, in whatever form, that what follows is to be run.
fn is_verb(text: &str) -> bool {
    let word = text.trim_matches(['*', '_', ':', ' ', '\t']);
    word.eq_ignore_ascii_case("run") || word.eq_ignore_ascii_case("execute")
}

pub fn detached_code_block(cx: &Context<'_>, out: &mut Findings) {
    let tree = &cx.document.tree;
    for list in command::lists(cx.document, cx.template) {
        let pieces = &list.content.pieces;
        // A block alone is the content, and belongs to no item by right.
        if pieces.len() < 2 || list.content.lists().next().is_none() {
            continue;
        }
        for piece in pieces {
            let Piece::Fence(id) = piece else {
                continue;
            };
            let block = tree.block(*id);
            let BlockKind::Fence(fence) = &block.kind else {
                continue;
            };
            if Language::of(fence, &cx.config.run.interpreters).is_some() {
                let line = cx
                    .document
                    .source
                    .trim(cx.document.source.first_line(block.span));
                out.report(line, "the block belongs to no item, so it would not run")
                    .help("indent it to the text of its item, or mark it `no-run`")
                    .fix(mend::commands::attached(cx, &list, *id));
            }
        }
    }
}

pub fn hard_coded_secret(cx: &Context<'_>, out: &mut Findings) {
    for secret in &cx.document.secrets {
        let span = cx.document.source.first_line(secret.span);
        out.report(span, format!("{} is written in the document", secret.name)).help(
            "revoke it, since everyone who can read the repository has it; declare an input instead: `` - `TOKEN` (required, secret): … ``",
        );
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn programs_are_sorted_for_the_search() {
        assert!(super::PROGRAMS.is_sorted());
    }
}
