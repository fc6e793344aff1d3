//! The trigger's command.

use crate::edit::Edit;
use crate::edit::Fix;
use crate::nearest;
use crate::parse::value;
use crate::rule::Context;
use crate::source::Span;

/// The command as one code span, where its words are clear.
pub fn command(cx: &Context<'_>, written: Span) -> Option<Fix> {
    let command = clear(cx, cx.text(written))?;
    // A name that leads elsewhere is set right at once: `trigger-mismatch` would ask for it.
    let own = value::workflow_name(value::stem(cx.path));
    let (at, name) = value::trigger_name(&command)?;
    let command = if value::workflow_name(name) == own {
        command
    } else {
        format!("{}{own}", &command[..at])
    };
    Some(Fix::safe(vec![Edit::replace(
        written,
        format!("`{command}`"),
    )]))
}

/// What may stand around a command and says nothing.
const MARKS: [char; 10] = ['-', '*', '+', '$', '>', '_', '"', '\'', '.', ' '];

/// The one command that a text holds, in a code span or as all of it.
fn clear(cx: &Context<'_>, text: &str) -> Option<String> {
    let spans: Vec<&str> = text.split('`').skip(1).step_by(2).collect();
    if let [span] = spans[..]
        && let Some(command) = normal(span)
    {
        // Words around it may be a warning, or a condition.
        let mut around = text.split('`').step_by(2);
        return around
            .all(|part| part.trim_matches(MARKS).trim().is_empty())
            .then_some(command);
    }
    let lines = text.lines().map(str::trim);
    let mut lines = lines.filter(|line| !line.is_empty() && !line.starts_with(['`', '~']));
    let (only, None) = (lines.next()?, lines.next()) else {
        return None;
    };
    let bare = only.trim_start_matches(['-', '*', '+', '$', '>', ' ']);
    let bare = bare.trim_matches(['`', '*', '_', '"', '\'', '.', ' ']);
    let own = value::workflow_name(value::stem(cx.path));
    if value::workflow_name(bare) == own {
        return Some(format!("execute-task {bare}"));
    }
    normal(bare)
}

/// A command as it is written, of one in another case or with other spaces.
fn normal(text: &str) -> Option<String> {
    let words: Vec<&str> = text
        .split_whitespace()
        .filter(|word| *word != "$")
        .collect();
    let (verb, name) = match words[..] {
        [word, name] if nearest::same(word, "execute-task") => ("execute-task", name),
        [wf, run, name] if nearest::same(wf, "wf") && nearest::same(run, "run") => ("wf run", name),
        _ => return None,
    };
    let command = format!("{verb} {name}");
    value::trigger_name(&command)
        .is_some_and(|(_, name)| !name.contains('`'))
        .then_some(command)
}
