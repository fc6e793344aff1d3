//! Rules about the trigger.

use crate::diagnostic;
use crate::edit::Edit;
use crate::edit::Fix;
use crate::markdown::content;
use crate::parse::listing;
use crate::parse::value;
use crate::rule::Context;
use crate::rule::Findings;
use crate::rules::mend;
use crate::source::Span;

/// The whole value of Command, and where in it the code span's inside stands.
fn command(cx: &Context<'_>) -> Option<(Span, Option<Span>)> {
    let field = cx
        .document
        .workflow
        .field(cx.template, "Trigger", "Command")?;
    let first = || Some(field.content.pieces.first()?.span(&cx.document.tree));
    let value = field.content.text().or_else(first)?;
    (!cx.is_unfilled(value)).then(|| (value, content::code_span(&cx.document.source, value)))
}

pub fn malformed_trigger(cx: &Context<'_>, out: &mut Findings) {
    let Some((value, code)) = command(cx) else {
        return;
    };
    if code.is_none_or(|code| value::trigger_name(cx.text(code)).is_none()) {
        let name = value::workflow_name(value::stem(cx.path));
        out.report(
            value,
            "Command is not one code span with `execute-task NAME` or `wf run NAME`",
        )
        .help(format!(
            "write `` `execute-task {name}` ``, with its backticks and nothing else"
        ))
        .fix(mend::trigger::command(cx, value));
    }
}

pub fn trigger_mismatch(cx: &Context<'_>, out: &mut Findings) {
    let Some((_, Some(code))) = command(cx) else {
        return;
    };
    let Some((offset, name)) = value::trigger_name(cx.text(code)) else {
        return;
    };
    let own = value::stem(cx.path);
    if name != own && value::workflow_name(name) != value::workflow_name(own) {
        let span = Span::new(code.start() + offset, code.start() + offset + name.len());
        let shown = diagnostic::quoted(name);
        let message = if name.contains('/') || listing::is_markdown(name) {
            format!("`{shown}` is a path, and a workflow is asked for by its name")
        } else {
            format!("`{shown}` does not lead to this document, `{}`", cx.path)
        };
        out.report(span, message)
            .help(format!(
                "write `{}`, or rename the file",
                value::workflow_name(own)
            ))
            .fix(Fix::safe(vec![Edit::replace(
                span,
                value::workflow_name(own),
            )]));
    }
}
