//! Rules about rollback, the log and the checkpoints.

use rustc_hash::FxHashMap;

use crate::diagnostic;
use crate::markdown::content::List;
use crate::parse::command::Command;
use crate::parse::command::Part;
use crate::parse::value;
use crate::parse::value::PathFault;
use crate::rule::Context;
use crate::rule::Findings;
use crate::rules::mend;
use crate::source::Span;
use crate::workflow::Content;

/// What the Logging section names.
struct Logged<'a> {
    /// Its heading.
    heading: Span,
    /// Its last list.
    list: &'a List,
    content: &'a Content,
}

/// What the Logging section names; `None` without a list to judge.
fn logged<'a>(cx: &Context<'a>) -> Option<Logged<'a>> {
    let workflow = &cx.document.workflow;
    let section = workflow.section(cx.template.section("Logging")?)?;
    let content = &section.body.content;
    Some(Logged {
        heading: section.heading,
        list: content.lists().last()?,
        content,
    })
}

impl<'a> Logged<'a> {
    /// The paths in its lists.
    fn paths(&self, cx: &Context<'a>) -> impl Iterator<Item = Span> {
        let (tree, source) = (&cx.document.tree, &cx.document.source);
        let items = self.content.items(tree);
        items.flat_map(move |item| value::code_spans(tree, source, item))
    }
}

fn is_log(path: &str) -> bool {
    let ending = path.rsplit_once('.').map(|(_, ending)| ending);
    ending.is_some_and(|ending| ending.eq_ignore_ascii_case("log"))
}

pub fn missing_log_file(cx: &Context<'_>, out: &mut Findings) {
    let Some(logged) = logged(cx) else {
        return;
    };
    if !logged.paths(cx).any(|path| is_log(cx.text(path))) {
        out.report(logged.heading, "no log file is named")
            .help("add a bullet with a path that ends in `.log`: `` - `logs/info.log` ``")
            .fix(mend::logging::bullet(cx, logged.list, is_log, LOG));
    }
}

/// A path that will do where the template names none.
const LOG: &str = "logs/info.log";
/// A checkpoint that will do where the template names none.
const CHECKPOINT: &str = ".memory/checkpoints/workflow_[name]_[date].md";

fn is_checkpoint(path: &str) -> bool {
    path.rsplit_once('/').is_some_and(|(folders, file)| {
        !file.is_empty() && folders.split('/').any(|folder| folder == "checkpoints")
    })
}

pub fn missing_checkpoint(cx: &Context<'_>, out: &mut Findings) {
    let Some(logged) = logged(cx) else {
        return;
    };
    if !logged.paths(cx).any(|path| is_checkpoint(cx.text(path))) {
        out.report(logged.heading, "no checkpoint is named")
            .help(format!(
                "add a bullet with a path in a `checkpoints` folder: `` - `{CHECKPOINT}` ``"
            ))
            .fix(mend::logging::bullet(
                cx,
                logged.list,
                is_checkpoint,
                CHECKPOINT,
            ));
    }
}

pub fn unsafe_log_path(cx: &Context<'_>, out: &mut Findings) {
    let Some(logged) = logged(cx) else {
        return;
    };
    for span in logged.paths(cx) {
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
