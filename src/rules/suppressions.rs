//! Rules about suppression comments.

use crate::diagnostic;
use crate::markdown::comment::Reach;
use crate::rule::Context;
use crate::rule::Findings;
use crate::rules;

pub fn unused_suppression(ids: &[&str]) -> String {
    let named = |ids: Vec<&str>| {
        let names: Vec<String> = ids.into_iter().map(|id| format!("`{id}`")).collect();
        names.join(", ")
    };
    let is_fixed = |id: &&&str| rules::UNSUPPRESSIBLE.contains(*id);
    let (fixed, idle): (Vec<&str>, Vec<&str>) = ids.iter().partition(|id| is_fixed(id));
    match (idle.is_empty(), fixed.is_empty()) {
        (_, true) => format!(
            "the suppression hides nothing: no finding of {} here",
            named(idle)
        ),
        (true, false) => format!(
            "the suppression hides nothing: {} can only be configured",
            named(fixed)
        ),
        (false, false) => format!(
            "the suppression hides nothing: no finding of {} here, and {} can only be configured",
            named(idle),
            named(fixed)
        ),
    }
}

pub fn unknown_rule(cx: &Context<'_>, out: &mut Findings) {
    for suppression in &cx.document.suppressions {
        if suppression.ids.is_empty() && suppression.reach != Reach::Until {
            out.report(suppression.span, "the suppression names no rule")
                .help("name the rules that it hides: `wf-disable-line missing-rollback: why`");
        }
        for &id in &suppression.ids {
            let name = cx.text(id);
            if rules::find(name).is_none() {
                let quoted = diagnostic::quoted(name);
                out.report(id, format!("there is no rule `{quoted}`"))
                    .help(format!("did you mean `{}`?", rules::nearest(name)));
            }
        }
    }
}

pub fn unexplained_suppression(cx: &Context<'_>, out: &mut Findings) {
    for suppression in &cx.document.suppressions {
        if suppression.reason.is_empty() && suppression.reach != Reach::Until {
            out.report(suppression.span, "the suppression gives no reason")
                .help(
                    "write it after a colon: `wf-disable-line missing-rollback: restores itself`",
                );
        }
    }
}
