//! Rules about rollback, the log and the checkpoints.

use rustc_hash::FxHashMap;

use crate::diagnostic;
use crate::parse::command::Command;
use crate::parse::command::Part;
use crate::parse::value;
use crate::parse::value::PathFault;
use crate::rule::Context;
use crate::rule::Findings;
use crate::source::Span;

/// The Logging section's heading and the paths that its lists name; `None` without a list to judge.
fn log_paths(cx: &Context<'_>) -> Option<(Span, Vec<Span>)> {
    let section = cx
        .document
        .workflow
        .section(cx.template.section("Logging")?)?;
    let content = &section.body.content;
    content.lists().next()?;
    let (tree, source) = (&cx.document.tree, &cx.document.source);
    let paths = content
        .items()
        .flat_map(|item| value::code_spans(tree, source, item));
    Some((section.heading, paths.collect()))
}

pub fn missing_log_file(cx: &Context<'_>, out: &mut Findings) {
    let Some((heading, paths)) = log_paths(cx) else {
        return;
    };
    let is_log = |path: &str| {
        let ending = path.rsplit_once('.').map(|(_, ending)| ending);
        ending.is_some_and(|ending| ending.eq_ignore_ascii_case("log"))
    };
    if !paths.iter().any(|&path| is_log(cx.text(path))) {
        out.report(heading, "no log file is named")
            .help("add a bullet with a path that ends in `.log`: `` - `logs/info.log` ``");
    }
}

pub fn missing_checkpoint(cx: &Context<'_>, out: &mut Findings) {
    if let Some((heading, paths)) = log_paths(cx) {
        let in_folder = |path: &str| {
            let mut parts: Vec<&str> = path.split('/').collect();
            parts.pop().is_some_and(|file| !file.is_empty()) && parts.contains(&"checkpoints")
        };
        if !paths.iter().any(|&path| in_folder(cx.text(path))) {
            out.report(heading, "no checkpoint is named")
                .help("add a bullet with a path in a `checkpoints` folder: `` - `.memory/checkpoints/workflow_[name]_[date].md` ``");
        }
    }
}

pub fn unsafe_log_path(cx: &Context<'_>, out: &mut Findings) {
    for span in log_paths(cx).map(|(_, paths)| paths).unwrap_or_default() {
        let path = cx.text(span);
        let why = match value::path_fault(path) {
            Some(PathFault::Absolute) => "is absolute",
            Some(PathFault::Outside) => "leads out of the project",
            Some(PathFault::InGit) => "lies in `.git`",
            None => continue,
        };
        let path = diagnostic::quoted(path);
        out.report(span, format!("the path `{path}` {why}"))
            .help("write a path inside the project, from its root");
    }
}

pub fn duplicate_rollback(cx: &Context<'_>, out: &mut Findings) {
    let of = |part: Part| {
        cx.commands()
            .iter()
            .filter(move |command| command.item.part == part)
    };
    if of(Part::RollbackProcedure).next().is_none() {
        return;
    }
    let mut known: FxHashMap<String, &Command> = FxHashMap::default();
    for command in of(Part::Rollback) {
        known.entry(normal(command)).or_insert(command);
    }
    let item = |command: &Command| cx.document.tree.block(command.item.id).span;
    for command in of(Part::RollbackProcedure) {
        if let Some(first) = known.get(&normal(command)) {
            out.report(
                item(command),
                "a step's rollback runs this command already: it would run twice",
            )
            .help("remove one of them: the procedure runs after all steps were undone")
            .related(item(first), "it stands here, too");
        }
    }
}

/// A command's code without the blanks around its lines.
fn normal(command: &Command) -> String {
    let lines = command
        .code
        .text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}
