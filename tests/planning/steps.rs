//! What a plan takes from a document's steps: their order, options and ways back; and from the document as a whole.

use wf::plan;
use wf::plan::Undo;

use crate::planning;
use crate::planning::Outcome;
use crate::planning::items::described;
use crate::planning::planned;
use crate::sample;

/// A document of steps with these lines after their purpose, each without a rollback.
fn steps(lines: &[&str]) -> String {
    let base = sample::workflow("release");
    let (before, rest) = base.split_once("### Step 1").unwrap();
    let (_, after) = rest.split_once("## Success Criteria").unwrap();
    let names = ["Build", "Tag, then push", "Announce"];
    let steps = lines.iter().zip(names).zip(1..).map(|((line, name), number)| {
        format!(
            "### Step {number}: {name}\n\n**Purpose**: Have it.\n\n{line}\n\n**Actions**:\n\n1. Do it\n\n\
             **Verification**:\n\n- [ ] It is done\n\n**Rollback**: None — it only looks\n\n"
        )
    });
    let steps: String = steps.collect();
    format!("{before}{steps}## Success Criteria{after}")
}

fn waits(lines: &[&str]) -> Vec<Vec<u32>> {
    let plan = planned("", steps(lines));
    plan.steps.into_iter().map(|step| step.after).collect()
}

#[test]
fn steps_wait_for_those_they_name() {
    let none: [u32; 0] = [];
    assert_eq!(waits(&["", "", ""]), [&none[..], &[1], &[2]]);
    assert_eq!(
        waits(&["", "", "**Depends on**: Step 1"]),
        [&none[..], &[], &[1]]
    );
    assert_eq!(
        waits(&[
            "**Depends on**: 3, Tag, then push",
            "",
            "**Depends on**: step 2"
        ]),
        [&[2, 3][..], &[], &[2]]
    );
    assert_eq!(
        waits(&[
            "",
            "**Depends on**: #1, Build, `Step 1: Build`",
            "**Depends on**: None"
        ]),
        [&none[..], &[1], &[]]
    );
}

#[test]
fn options_hold_for_their_step() {
    let plan = planned(
        "[run]\ntimeout = \"1m\"\n",
        steps(&[
            "**Timeout**: 1h 30m\n\n**Retries**: 3\n\n**Working directory**: `services/api`\n\n**Idempotent**: Yes",
            "**Idempotent**: no",
        ]),
    );
    let [first, second] = &plan.steps[..] else {
        panic!("two steps");
    };
    assert_eq!((first.timeout_ms, first.retries), (Some(5_400_000), 3));
    assert_eq!(
        (&*first.directory, first.idempotent),
        ("services/api", true)
    );
    assert_eq!((second.timeout_ms, second.retries), (None, 0));
    assert_eq!((&*second.directory, second.idempotent), ("", false));
    let places = [
        plan::Place::Rollback(1),
        plan::Place::Action(2),
        plan::Place::Criteria,
    ];
    let timeouts = places.map(|place| plan.timeout_ms(place));
    assert_eq!(timeouts, [Some(5_400_000), Some(60_000), Some(60_000)]);
}

fn undo(rollback: &str) -> Undo {
    let rules = [
        "unjustified-waiver",
        "missing-rollback",
        "not-a-numbered-list",
        "empty-field",
    ];
    let off = rules.map(|rule| format!("{rule} = \"off\"\n")).concat();
    let document = sample::workflow("release").replacen(
        "**Rollback** (if step fails):\n\n1. Undo it\n",
        rollback,
        1,
    );
    let mut plan = planned(&format!("[rules]\n{off}"), document);
    plan.steps.remove(0).undo
}

#[test]
fn a_waiver_is_no_way_back() {
    let nothing = |why: &str| Undo::Nothing(why.to_owned());
    let irreversible = |why: &str| Undo::Irreversible(why.to_owned());
    for (rollback, expected) in [
        (
            "**Rollback**: None — it only looks\n",
            nothing("it only looks"),
        ),
        (
            "**Rollback** (if step fails): n/a: it only looks\n",
            nothing("it only looks"),
        ),
        ("**Rollback**: None\n", nothing("no reason is given")),
        (
            "**Rollback**: Irreversible - mail is sent\n",
            irreversible("mail is sent"),
        ),
        (
            "**Rollback**: Irreversible\n",
            irreversible("no reason is given"),
        ),
        ("", irreversible("the document does not say how to undo it")),
        (
            "**Rollback**:\n",
            irreversible("the document does not say how to undo it"),
        ),
        (
            "**Rollback**: Take it back by hand\n",
            irreversible("the document does not say how to undo it"),
        ),
    ] {
        assert_eq!(undo(rollback), expected, "{rollback}");
    }
    let items = undo("**Rollback**:\n\n1. Stop it\n2. Remove it\n   Run: `rm x`\n");
    assert_eq!(
        described(items.items()),
        "1.rollback.1 @35 Stop it\n1.rollback.2 @36 Remove it\n  bash @37: bash -euo pipefail\n  $ rm x\n"
    );
}

#[test]
fn a_missing_rollback_that_a_suppression_waives_is_irreversible() {
    let document = sample::workflow("release").replacen(
        "### Step 1: Do it",
        "<!-- wf-disable-next-line missing-rollback: nobody knows how -->\n### Step 1: Do it",
        1,
    );
    let document = document.replacen("**Rollback** (if step fails):\n\n1. Undo it\n\n", "", 1);
    let irreversible = matches!(planned("", document).steps[0].undo, Undo::Irreversible(_));
    assert!(irreversible);
}

#[test]
fn a_step_at_another_level_is_a_step() {
    let document = steps(&["", ""]).replacen("### Step 2", "#### Step 2", 1);
    let plan = planned("[rules]\nwrong-heading-level = \"off\"\n", document);
    let names: Vec<(u32, &str, u32)> = plan
        .steps
        .iter()
        .map(|step| (step.number, &*step.name, step.line))
        .collect();
    assert_eq!(names, [(1, "Build", 21), (2, "Tag, then push", 37)]);
}

#[test]
fn the_paths_of_logging_are_taken_unfilled() {
    let document = sample::workflow("release").replacen(
        "- `logs/release.log`\n",
        "- `logs/release.log` and `logs/[run].LOG`\n- `notes/release.md`\n",
        1,
    );
    let plan = planned("", document);
    assert_eq!(plan.logs, ["logs/release.log", "logs/[run].LOG"]);
    assert_eq!(plan.checkpoints, [".memory/checkpoints/release_[date].md"]);
}

#[test]
fn a_template_without_steps_makes_no_plan() {
    let template = "# [Title]\n\n## Notes\n\n[Text]\n";
    let outcome = planning::outcome_by(template, "", b"# Release\n\n## Notes\n\nBuild it.\n");
    let Outcome::Refused(refusal) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(
        refusal.to_string(),
        "the template asks for no numbered steps, so documents made by it cannot be run"
    );
}

#[test]
fn a_document_with_an_error_is_not_validated() {
    let document = sample::workflow("release").replacen("Step 1:", "Step 2:", 1);
    let outcome = planning::outcome("", document);
    assert!(
        matches!(&outcome, Outcome::Unfit(found) if found[0].starts_with("21 step-out-of-sequence")),
        "{outcome:?}"
    );
}
