//! Rules about steps.

use std::collections::hash_map::Entry;

use rustc_hash::FxHashMap;
use rustc_hash::FxHashSet;

use crate::diagnostic;
use crate::nearest;
use crate::parse::command::Part;
use crate::parse::item::Work;
use crate::parse::value;
use crate::parse::value::PathFault;
use crate::parse::value::Reference;
use crate::parse::value::StepNames;
use crate::rule::Context;
use crate::rule::Findings;
use crate::rules::cycle;
use crate::rules::mend;
use crate::source::Span;
use crate::template::FieldSpec;
use crate::workflow::Content;
use crate::workflow::Field;
use crate::workflow::Step;

/// The fields of that label in all steps, with the place of the step.
fn fields<'a>(cx: &Context<'a>, label: &'static str) -> impl Iterator<Item = (usize, &'a Field)> {
    let spec = cx
        .template
        .steps
        .as_ref()
        .and_then(|steps| FieldSpec::find(&steps.fields, label));
    let steps = cx.document.workflow.steps.iter().enumerate();
    steps.filter_map(move |(at, step)| Some((at, step.body.field(spec?)?)))
}

/// The text of a field that is there to be judged.
fn text_of(cx: &Context<'_>, content: &Content) -> Option<Span> {
    content.text().filter(|&span| !cx.is_unfilled(span))
}

pub fn missing_steps(cx: &Context<'_>, out: &mut Findings) {
    let Some(section) = cx
        .template
        .steps
        .as_ref()
        .and_then(|steps| cx.document.workflow.section(steps.section))
    else {
        return;
    };
    if !section.is_empty && cx.document.workflow.steps.is_empty() {
        let form = cx.template.step_form();
        out.report(
            section.heading,
            format!("`{}` holds no step", diagnostic::quoted(&section.title)),
        )
        .help(format!("write each step under a heading `{form}`"));
    }
}

pub fn malformed_step_heading(cx: &Context<'_>, out: &mut Findings) {
    // One whose fields are second ones is left to `duplicate-field`.
    let is_first = |step: &&Step| {
        let mut fields = step.body.fields().iter();
        !step.has_heading
            && fields
                .next()
                .is_some_and(|field| field.duplicate_of.is_none())
    };
    for step in cx.document.workflow.steps.iter().filter(is_first) {
        let form = cx.template.step_form();
        out.report(step.heading, "a step begins here without a heading")
            .help(format!("write `{form}` above it"));
    }
    for (at, step) in cx.document.workflow.steps.iter().enumerate() {
        if step.is_well_formed || cx.is_unfilled(step.heading) {
            continue;
        }
        let form = cx.template.step_form();
        let name = match diagnostic::quoted(&step.name) {
            name if name.is_empty() => "Name".into(),
            name => name,
        };
        let number = step.number.map_or(at + 1, |(number, _)| number as usize);
        let Some(spec) = &cx.template.steps else {
            return;
        };
        let marks = "#".repeat(spec.level.into());
        let example = format!("{marks} {}{number}{} {name}", spec.before, spec.after);
        out.report(
            step.heading,
            format!("the heading is not of the form `{form}`"),
        )
        .help(format!("write `{example}`"))
        .fix(mend::steps::formed(cx, step));
    }
}

pub fn step_out_of_sequence(cx: &Context<'_>, out: &mut Findings) {
    let numbered = cx
        .document
        .workflow
        .steps
        .iter()
        .enumerate()
        .filter_map(|(at, step)| Some((at + 1, step.number?)));
    let mut wrong = numbered.filter(|(place, (number, _))| *place != *number as usize);
    if let Some((place, (number, span))) = wrong.next() {
        let help = if wrong.next().is_some() {
            format!("write {place} here and number the steps after it on from there")
        } else {
            format!("write {place}")
        };
        out.report(span, format!("step {number} stands at place {place}"))
            .help(help)
            .fix(mend::steps::renumbered(cx));
    }
}

pub fn duplicate_step_name(cx: &Context<'_>, out: &mut Findings) {
    for &(first, second) in &cx.document.workflow.doubled_steps {
        out.report(second, "the heading of a step stands twice")
            .help("remove one of them")
            .related(first, "the first one");
    }
    let steps = &cx.document.workflow.steps;
    let mut hashes: Vec<u64> = steps.iter().map(|step| nearest::hash(&step.name)).collect();
    hashes.sort_unstable();
    // Most documents name no two steps alike.
    if hashes.windows(2).all(|pair| pair[0] != pair[1]) {
        return;
    }
    let mut seen: FxHashMap<String, &Step> = FxHashMap::default();
    for step in steps {
        if step.name.is_empty() || cx.is_unfilled(step.heading) {
            continue;
        }
        match seen.entry(nearest::fold(&step.name)) {
            Entry::Occupied(first) => {
                out.report(
                    step.heading,
                    format!(
                        "a second step is named `{}`",
                        diagnostic::quoted(&step.name)
                    ),
                )
                .help("give it a name of its own: dependencies and records tell steps apart by it")
                .related(first.get().heading, "the first one");
            }
            Entry::Vacant(entry) => {
                entry.insert(step);
            }
        }
    }
}

pub fn unjustified_waiver(cx: &Context<'_>, out: &mut Findings) {
    for (_, field) in fields(cx, "Rollback") {
        let Some(span) = text_of(cx, &field.content) else {
            continue;
        };
        let list = field.content.lists().next();
        match value::waiver(cx.text(span)) {
            Some((_, None)) if list.is_none() => {
                out.report(span, "the rollback is waived without a reason")
                    .help("write the reason after a dash: `None — why there is nothing to undo`, `Irreversible — why it cannot be undone`");
            }
            // What ends in a colon begins the list; bullets are what a lost heading leaves.
            Some((_, Some(_)))
                if list.is_some_and(|list| list.ordered) && !cx.text(span).ends_with(':') =>
            {
                out.report(
                    span,
                    "the rollback is waived, but a list of what to undo follows",
                )
                .help("keep one of the two: with both, the list is carried out");
            }
            _ => {}
        }
    }
}

/// Each step's place with what it depends on.
fn dependencies(cx: &Context<'_>) -> Vec<(usize, Vec<Reference>)> {
    let mut fields = fields(cx, "Depends on").peekable();
    if fields.peek().is_none() {
        return Vec::new();
    }
    let word = cx.template.steps.as_ref().map_or("", |steps| &steps.before);
    let names = StepNames::new(word, &cx.document.workflow.steps);
    let references = fields.filter_map(|(at, field)| {
        let span = text_of(cx, &field.content)?;
        Some((at, names.references(&cx.document.source, span)))
    });
    references.collect()
}

pub fn unknown_dependency(cx: &Context<'_>, out: &mut Findings) {
    for label in fields(cx, "Depends on").filter_map(|(_, field)| unreadable(field)) {
        out.report(label, "the dependencies are not text")
            .help("name the steps on the line of the label, separated by commas: `Step 1, Step 3`");
    }
    let steps = &cx.document.workflow.steps;
    for (at, references) in dependencies(cx) {
        for reference in references {
            let text = cx.text(reference.span);
            if reference.step == Some(at) {
                out.report(
                    reference.span,
                    format!("{} depends on itself", steps[at].reference()),
                )
                .help("remove the reference, or name another step");
            } else if reference.step.is_none() {
                let quoted = diagnostic::quoted(text);
                let finding = out.report(reference.span, format!("there is no step `{quoted}`"));
                let others = steps
                    .iter()
                    .enumerate()
                    .filter(|(other, _)| *other != at)
                    .map(|(_, step)| step);
                let nearest = nearest_step(text, others);
                finding.help(nearest.map_or_else(
                    || "name a step by its number or its name".to_owned(),
                    |step| format!("did you mean {step}?"),
                ));
            }
        }
    }
}

/// The step whose number or name is nearest to a reference.
fn nearest_step<'a>(text: &str, steps: impl Iterator<Item = &'a Step> + Clone) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let is_number = text
        .split_whitespace()
        .last()
        .is_some_and(|word| !digits.is_empty() && word.trim_start_matches('#') == digits);
    if is_number {
        let wanted: u32 = digits.parse().unwrap_or(u32::MAX);
        let numbered = steps.clone().filter(|step| step.number.is_some());
        let step = numbered.min_by_key(|step| {
            step.number
                .map_or(u32::MAX, |(number, _)| number.abs_diff(wanted))
        })?;
        let name = diagnostic::quoted(&step.name);
        return Some(format!("`Step {}` ({name})", step.number?.0));
    }
    let name = nearest::nearest(
        text,
        steps
            .map(|step| &*step.name)
            .filter(|name| name.len() < 200)
            .take(200),
    )?;
    Some(format!("`{}`", diagnostic::quoted(name)))
}

/// So many steps of a cycle are named.
const LONGEST_CYCLE: usize = 20;

pub fn dependency_cycle(cx: &Context<'_>, out: &mut Findings) {
    let steps = &cx.document.workflow.steps;
    let dependencies = dependencies(cx);
    if dependencies.is_empty() {
        return;
    }
    let mut edges: Vec<Vec<(usize, Span)>> = vec![Vec::new(); steps.len()];
    for (at, references) in dependencies {
        let others = references
            .into_iter()
            .filter_map(|reference| Some((reference.step?, reference.span)));
        edges[at] = others.filter(|(step, _)| *step != at).collect();
    }
    for cycle in cycle::cycles(&edges) {
        let name = |&step: &usize| steps[step].reference();
        let mut names: Vec<String> = cycle.steps.iter().take(LONGEST_CYCLE).map(name).collect();
        if cycle.steps.len() > LONGEST_CYCLE {
            names.push("…".to_owned());
        }
        names.extend(cycle.steps.first().map(name));
        out.report(
            cycle.first,
            format!("steps wait for each other: {}", names.join(" → ")),
        )
        .help("remove one of these dependencies");
    }
}

pub fn invalid_step_option(cx: &Context<'_>, out: &mut Findings) {
    let mut check = |label: &'static str,
                     fault: &dyn Fn(&str) -> Option<(String, &'static str)>| {
        for (_, field) in fields(cx, label) {
            if let Some(span) = text_of(cx, &field.content).or_else(|| unreadable(field))
                && let Some((message, help)) = fault(cx.text(span))
            {
                out.report(span, message).help(help);
            }
        }
    };
    check("Timeout", &|text| {
        let help = "write numbers with units, more than nothing: `90s`, `10m`, `1h 30m`";
        value::timeout(text).is_none().then(|| {
            (
                format!("the timeout `{}` is no duration", diagnostic::quoted(text)),
                help,
            )
        })
    });
    check("Retries", &|text| {
        let help = "write how many more attempts follow the first: a whole number, 100 at most";
        value::retries(text).is_none().then(|| {
            (
                format!("the retries `{}` are no number", diagnostic::quoted(text)),
                help,
            )
        })
    });
    check("Idempotent", &|text| {
        let help = "write `yes` if the step's commands may be repeated after a crash, else `no`";
        value::yes_or_no(text).is_none().then(|| {
            (
                format!("`{}` is neither `yes` nor `no`", diagnostic::quoted(text)),
                help,
            )
        })
    });
    check("Working directory", &|text| {
        let why = match value::path_fault(text.trim_matches('`'))? {
            PathFault::Absolute => "is absolute",
            PathFault::Outside => "leads out of the project",
            PathFault::InGit => "lies in `.git`",
        };
        Some((
            format!("the working directory `{}` {why}", diagnostic::quoted(text)),
            "write a path inside the project, from its root",
        ))
    });
}

/// An option that holds something else than text: pointed at by its label.
fn unreadable(field: &Field) -> Option<Span> {
    (field.content.text().is_none() && !field.content.is_empty()).then_some(field.label)
}

pub fn unverified_step(cx: &Context<'_>, out: &mut Findings) {
    let with_commands = |part: Part| -> FxHashSet<usize> {
        let items = cx.items().iter();
        let commands = items.filter(|item| item.part == part && item.work != Work::Manual);
        commands.filter_map(|item| item.step).collect()
    };
    let (actions, verified) = (
        with_commands(Part::Actions),
        with_commands(Part::Verification),
    );
    for (at, field) in fields(cx, "Verification") {
        if actions.contains(&at) && !verified.contains(&at) {
            let step = cx.document.workflow.steps[at].reference();
            out.report(
                field.label,
                format!("{step} runs commands, but no command verifies it"),
            )
            .help(
                "add a check with a command: `Run:` and a code span as the last line of the item",
            );
        }
    }
}
