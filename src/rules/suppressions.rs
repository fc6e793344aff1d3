//! Rules about suppression comments.

use crate::markdown::comment::Reach;
use crate::rule::Context;
use crate::rule::Findings;
use crate::rules;

pub fn unused_suppression(ids: &[&str]) -> String {
    let names: Vec<String> = ids.iter().map(|id| format!("`{id}`")).collect();
    format!("the suppression hides nothing: no finding of {} here", names.join(", "))
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
                out.report(id, format!("there is no rule `{name}`"))
                    .help(format!("did you mean `{}`?", rules::nearest(name)));
            }
        }
    }
}

pub fn unexplained_suppression(cx: &Context<'_>, out: &mut Findings) {
    for suppression in &cx.document.suppressions {
        if !suppression.explained && suppression.reach != Reach::Until {
            out.report(suppression.span, "the suppression gives no reason")
                .help("write it after a colon: `wf-disable-line missing-rollback: restores itself`");
        }
    }
}
