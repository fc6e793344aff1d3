//! The error report: what failed and why, what rollback did about it, and how to go on, as a page of Markdown.

use crate::event::Cause;
use crate::event::Outcome;
use crate::event::RunResult;
use crate::event::Undone;
use crate::plan::Item;
use crate::plan::ItemId;
use crate::plan::Place;
use crate::plan::Step;
use crate::printable;
use crate::run::record::advice;
use crate::run::record::cause;
use crate::run::record::cause::Scene;
use crate::run::record::known_errors::Known;
use crate::run::record::standing;
use crate::run::record::text;
use crate::run::state::Halt;
use crate::run::state::Status;

/// What every error report begins with: a file that does not is somebody else's.
pub const MARK: &str = "<!-- Error report of a run, written by wf";

/// Whether a run wants a report: an item failed it, or its rollback stopped, now or before.
#[must_use]
pub fn is_due(scene: &Scene) -> bool {
    let state = scene.state;
    let turned = state.unwinding.as_ref().map(|unwinding| &unwinding.cause);
    scene.history.was_stuck
        || matches!(turned, Some(Cause::Item(_)))
        || state.result == Some(RunResult::Failed)
}

/// The page; with a link to the entry of what failed among the known errors, once it was noted there.
#[must_use]
pub fn page(scene: &Scene, known: Option<(&str, &Known)>) -> String {
    let run = scene.run;
    let mut page =
        format!("{MARK}. It is written anew until the run ends: edits are lost. -->\n\n");
    let title = if run.plan.title.is_empty() {
        &run.plan.workflow
    } else {
        &run.plan.title
    };
    page.push_str(&format!(
        "# {}: {}\n\n",
        printable::one_line(title),
        headline(scene)
    ));
    page.push_str(&facts(scene));
    if let Some((link, known)) = known {
        page.push_str(&format!("- **Known errors**: {link}, {}\n", met(known)));
    }
    page.push_str("\n## What failed\n\n");
    page.push_str(&failure(scene));
    page.push_str("\n## Rollback\n\n");
    page.push_str(&rollback(scene));
    page.push_str("\n## Environment\n\n");
    page.push_str(&environment(scene));
    page.push_str(&reproduction(scene));
    page.push_str("\n## How to go on\n\n");
    page.push_str(&advice::block(scene).0);
    page
}

/// How often a failure was met.
fn met(known: &Known) -> String {
    match known.count {
        1 => "met for the first time".to_owned(),
        count if known.first.is_empty() => format!("met {count} times"),
        count => {
            let first = printable::one_line(&known.first);
            format!("met {count} times, first on {}", text::prose(&first))
        }
    }
}

fn headline(scene: &Scene) -> String {
    let word = standing::word(scene.state);
    let what = scene
        .failed()
        .map(|id| printable::one_line(&scene.of(id)[0]));
    match (what, word) {
        (Some(what), "failed") => what,
        (Some(what), word) => format!("{what}, {word}"),
        (None, word) => word.to_owned(),
    }
}

fn facts(scene: &Scene) -> String {
    let (run, history) = (scene.run, scene.history);
    let path = text::code(&run.plan.document);
    let mut facts = format!(
        "- **Status**: {}\n- **Run**: `{}`\n",
        standing::word(scene.state),
        run.id
    );
    facts.push_str(&format!(
        "- **Document**: {path}, SHA-256 `{}`\n",
        run.plan.sha256
    ));
    facts.push_str(&format!(
        "- **Started**: {} by {}\n",
        text::moment(run.started),
        text::code(&history.by)
    ));
    if let Some((time, name)) = &history.resumed {
        facts.push_str(&format!(
            "- **Resumed**: {} by {}\n",
            text::moment(*time),
            text::code(name)
        ));
    }
    facts.push_str(&format!("- **As of**: {}\n", text::moment(history.last)));
    facts
}

/// The chains of causes, and the item at the end of each.
fn failure(scene: &Scene) -> String {
    let mut part = String::new();
    if let Some(Halt::Stuck(at)) = scene.state.halt {
        part.push_str("Rollback stopped, and a person must act:\n\n");
        part.push_str(&chain(&scene.stop(at)));
        if let Some(id) = scene.culprit().filter(|id| id.place.is_rollback()) {
            part.push_str(&details(scene, id));
        }
        part.push_str("\nIt had begun because:\n\n");
    }
    part.push_str(&chain(&scene.failure()));
    if let Some(id) = scene.failed() {
        part.push_str(&details(scene, id));
    }
    let first = scene.failed();
    for id in scene.state.broken().filter(|id| Some(*id) != first) {
        part.push_str("\nWhile what ran was let finish, this failed too:\n\n");
        part.push_str(&chain(&scene.of(id)));
        part.push_str(&details(scene, id));
    }
    part
}

fn chain(causes: &[String]) -> String {
    let numbered = causes.iter().enumerate();
    let lines: Vec<String> = numbered
        .map(|(at, cause)| format!("{}. {}\n", at + 1, text::prose(cause)))
        .collect();
    lines.concat()
}

/// What an item is, its command, and the end of what that wrote.
fn details(scene: &Scene, id: ItemId) -> String {
    let Some(item) = scene.run.plan.item(id) else {
        return String::new();
    };
    let path = &scene.run.plan.document;
    let place = text::code(&format!("{path}:{}", item.line));
    let mut part = format!(
        "\n### {} {id}\n\n{} ({place})\n",
        capital(cause::kind(id.place)),
        printable::one_line(&item.title)
    );
    let Some(command) = &item.command else {
        return part;
    };
    let from = text::code(&format!("{path}:{}", command.line));
    part.push_str(&format!(
        "\nIts command, from {from}:\n\n{}",
        text::block(&command.language, command.written())
    ));
    let Some(fault) = scene.history.faults.get(&id) else {
        return part;
    };
    if let Some((line, code)) = cause::failing_line(item, fault) {
        part.push_str(&format!(
            "\nThe line that failed, {line}: {}\n",
            text::code(code)
        ));
    }
    if let Outcome::Unexpected { difference } = &fault.outcome {
        part.push_str(&format!(
            "\nWhat stands in the document (`-`) and what it printed (`+`):\n\n{}",
            text::block("diff", difference)
        ));
    }
    let whole = text::code(&format!("wf runs show {} --output {id}", scene.run.id));
    if fault.output_end.trim().is_empty() {
        part.push_str("\nIt wrote nothing.\n");
    } else {
        part.push_str(&format!(
            "\nThe end of its output (all of it: {whole}):\n\n{}",
            text::block("text", &fault.output_end)
        ));
    }
    part
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// What rollback did, and the state that this leaves, step by step.
fn rollback(scene: &Scene) -> String {
    if scene.state.unwinding.is_none() {
        return "No step was started: there was nothing to undo.\n".to_owned();
    }
    let mut part =
        "| step | way forward | rollback | what that leaves |\n| --- | --- | --- | --- |\n"
            .to_owned();
    for step in &scene.run.plan.steps {
        let name = cell(&printable::one_line(&step.name));
        let forward = cell(&standing::forward(scene, step));
        let back = standing::back(scene, step).unwrap_or_else(|| "none".to_owned());
        let leaves = leaves(scene, step);
        part.push_str(&format!(
            "| {}. {name} | {forward} | {} | {leaves} |\n",
            step.number,
            cell(&back)
        ));
    }
    part.push_str(&procedure(scene));
    // Where rollback stopped just now is told above.
    let stuck = scene.culprit();
    let failed = scene.state.with_status(Status::Failed);
    for id in failed.filter(|id| id.place.is_rollback() && Some(*id) != stuck) {
        part.push_str("\nOn the way back:\n\n");
        part.push_str(&chain(&scene.of(id)));
        part.push_str(&details(scene, id));
    }
    part
}

/// The state that a step is in.
fn leaves(scene: &Scene, step: &Step) -> &'static str {
    let state = scene.state;
    let number = step.number;
    if !state.started.contains(&number) {
        return "untouched";
    }
    let undone = state
        .unwinding
        .as_ref()
        .and_then(|unwinding| unwinding.undone.get(&number));
    let met = |item: &Item| state.status(item.id) != Status::Pending;
    let half = step.undo.items().iter().any(met);
    match undone {
        Some(Undone::Undone) => "undone",
        Some(Undone::Nothing) => "nothing that matters",
        Some(Undone::Unneeded) => "as it was before",
        Some(Undone::Left) | None if half => "**partly undone**",
        Some(Undone::Left) | None => "**in place**",
    }
}

fn procedure(scene: &Scene) -> String {
    let items = &scene.run.plan.procedure;
    if items.is_empty() {
        return String::new();
    }
    let all = items.len();
    let done = items
        .iter()
        .filter(|item| scene.state.status(item.id) == Status::Done)
        .count();
    let failed = items
        .iter()
        .find(|item| scene.state.status(item.id) == Status::Failed);
    let failed = failed
        .map(|item| format!("; {} failed", item.id))
        .unwrap_or_default();
    format!("\nRollback Procedure: {done} of {all} done{failed}.\n")
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// What the commands found around them. The caller's own environment is nobody's to write down.
fn environment(scene: &Scene) -> String {
    let (run, state, history) = (scene.run, scene.state, scene.history);
    let mut part = format!(
        "- wf {} on {} ({}), in {}\n",
        history.program,
        std::env::consts::OS,
        std::env::consts::ARCH,
        text::code(&run.root.to_string_lossy())
    );
    let mut line = |name: &str, value: &str, from: &str| {
        part.push_str(&format!("- `{name}` = {value} ({from})\n"));
    };
    for input in &run.plan.inputs {
        let name = &input.name;
        match state.inputs.get(name) {
            Some(value) => line(name, &text::code(value), "input"),
            None if history.secrets.contains(name) => line(name, "`***`", "secret input"),
            None => line(name, "not set", "input"),
        }
    }
    for (name, value) in &run.plan.settings.env {
        line(name, &text::code(value), "`run.env`");
    }
    let place = scene.culprit().map_or(Place::Procedure, |id| id.place);
    for (name, value) in state.variables(&run.plan, place) {
        line(&name, &text::code(&value), "set by a command");
    }
    part.push_str("- what else the caller's environment held is not recorded\n");
    if let Some(secrets) = advice::of_secrets(history) {
        part.push_str(&format!("\n{secrets}\n"));
    }
    part
}

/// How to meet the failure again; nothing where none was met.
fn reproduction(scene: &Scene) -> String {
    let Some(item) = scene.culprit().and_then(|id| scene.run.plan.item(id)) else {
        return String::new();
    };
    let root = text::code(&scene.run.root.to_string_lossy());
    let mut part = format!("\n## How to reproduce\n\nThe whole, from {root}:\n\n");
    part.push_str(&text::block("sh", &advice::again(scene)));
    if let Some(script) = script(scene, item) {
        part.push_str("\nThe command alone, in the state that it found:\n\n");
        part.push_str(&text::block("sh", &script));
    }
    part
}

/// A script for a POSIX shell that runs an item's command as the run did.
fn script(scene: &Scene, item: &Item) -> Option<String> {
    let run = scene.run;
    let command = item.command.as_ref()?;
    let step = item
        .id
        .place
        .step()
        .and_then(|number| scene.run.plan.step(number));
    let folder = run.root.join(step.map_or("", |step| &step.directory));
    let mut script = format!(
        "cd {}\n",
        text::word(folder.to_string_lossy().trim_end_matches('/'))
    );
    let number = step.map_or_else(String::new, |step| step.number.to_string());
    let own = [
        ("WF_RUN", run.id.clone()),
        ("WF_WORKFLOW", run.plan.workflow.clone()),
        ("WF_STEP", number),
        ("WF_ROOT", run.root.to_string_lossy().into_owned()),
    ];
    let own = own.map(|(name, value)| (name.to_owned(), value));
    let set = scene.state.variables(&run.plan, item.id.place);
    let inputs = scene.state.inputs.clone().into_iter();
    for (name, value) in inputs
        .chain(run.plan.settings.env.clone())
        .chain(set)
        .chain(own)
    {
        script.push_str(&format!("export {name}={}\n", text::word(&value)));
    }
    for name in &scene.history.secrets {
        script.push_str(&format!("export {name}=\"$(cat FILE)\"\n"));
    }
    let code = command.code.trim_end_matches('\n');
    let mut end = "END_OF_COMMAND".to_owned();
    while code.lines().any(|line| line == end) {
        end.push('_');
    }
    let program: Vec<String> = command
        .program
        .iter()
        .map(|part| text::word(part))
        .collect();
    script.push_str("export WF_OUTPUT=\"$(mktemp)\"\nscript=\"$(mktemp)\"\n");
    script.push_str(&format!("cat > \"$script\" <<'{end}'\n{code}\n{end}\n"));
    script.push_str(&format!("{} \"$script\" < /dev/null\n", program.join(" ")));
    Some(script)
}
