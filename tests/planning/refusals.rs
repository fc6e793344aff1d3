//! What a plan cannot do without is refused, also where the finding about it is suppressed or its rule is off.

use std::collections::BTreeSet;

use miette::Diagnostic;
use wf::plan::Refusal;

use crate::planning;
use crate::planning::Outcome;
use crate::sample;

struct Case {
    /// The rules to silence for the document to validate; none where nothing is wrong with it.
    rules: &'static str,
    /// What is replaced in a valid document.
    changes: &'static [(&'static str, &'static str)],
    refusal: &'static str,
}

const STEP_1: &str = "### Step 1: Do it

**Purpose**: Have it done.

**Actions**:

1. Do it

**Verification**:

- [ ] It is done

**Rollback** (if step fails):

1. Undo it

";

const STEP_2: &str = "### Step 2: Tell it

**Purpose**: Have it known.

**Actions**:

1. Tell it

**Verification**:

- [ ] It is known

**Rollback**: None — it cannot be unknown

## Success Criteria";

const CASES: &[Case] = &[
    Case {
        rules: "missing-steps",
        changes: &[(STEP_1, "Do it.\n\n")],
        refusal: "workflows/release.md:19: the document has no steps",
    },
    Case {
        rules: "missing-section",
        changes: &[
            ("## Steps", "## Doings"),
            ("### Step 1: Do it", "### Do it"),
        ],
        refusal: "workflows/release.md:1: the document has no steps",
    },
    Case {
        rules: "step-out-of-sequence",
        changes: &[("Step 1:", "Step 2:")],
        refusal: "workflows/release.md:21: this is step 1 of the document, but is numbered 2",
    },
    Case {
        rules: "step-out-of-sequence",
        changes: &[("## Success Criteria", STEP_2), ("Step 2:", "Step 1:")],
        refusal: "workflows/release.md:37: this is step 2 of the document, but is numbered 1",
    },
    Case {
        rules: "malformed-step-heading",
        changes: &[
            ("## Success Criteria", STEP_2),
            ("### Step 2:", "### Then:"),
        ],
        refusal: "workflows/release.md:37: this is step 2 of the document, but has no number",
    },
    Case {
        rules: "duplicate-field",
        changes: &[
            ("## Success Criteria", STEP_2),
            ("### Step 2:", "#### Step 3:"),
        ],
        refusal: "workflows/release.md:39: `Purpose` stands here a second time, so it cannot be told which one is \
                  meant",
    },
    Case {
        rules: "missing-step-field",
        changes: &[("**Actions**:\n\n1. Do it\n\n", "")],
        refusal: "workflows/release.md:21: step 1 has no actions",
    },
    Case {
        rules: "not-a-numbered-list",
        changes: &[("1. Do it", "Do it.")],
        refusal: "workflows/release.md:21: step 1 has no actions",
    },
    Case {
        rules: "empty-field",
        changes: &[("1. Do it\n", "")],
        refusal: "workflows/release.md:21: step 1 has no actions",
    },
    Case {
        rules: "ambiguous-command",
        changes: &[("1. Do it", "1. Do it\n   Run: `make` or `make all`")],
        refusal: "workflows/release.md:27: it cannot be told what this item runs",
    },
    Case {
        rules: "ambiguous-command",
        changes: &[(
            "1. Undo it\n\n## Success",
            "1. Undo it\n   - Run: `make clean`\n\n## Success",
        )],
        refusal: "workflows/release.md:35: it cannot be told what this item runs",
    },
    Case {
        rules: "duplicate-section",
        changes: &[(
            "## Logging",
            "## Rollback Procedure\n\n1. Undo it all\n\n## Logging",
        )],
        refusal: "workflows/release.md:45: `Rollback Procedure` stands here a second time, so it cannot be told \
                  which one is meant",
    },
    Case {
        rules: "duplicate-field",
        changes: &[(
            "**Verification**:",
            "**Actions**:\n\n1. Do more\n\n**Verification**:",
        )],
        refusal: "workflows/release.md:29: `Actions` stands here a second time, so it cannot be told which one is \
                  meant",
    },
    Case {
        rules: "shell-syntax",
        changes: &[("1. Do it", "1. Do it\n\n   ```console\n   make\n   ```")],
        refusal: "workflows/release.md:30: no line of this `console` block begins with `$ `, so nothing would run",
    },
    Case {
        rules: "invalid-step-option",
        changes: &[("**Actions**", "**Timeout**: soon\n\n**Actions**")],
        refusal: "workflows/release.md:25: `soon` is no timeout",
    },
    Case {
        rules: "invalid-step-option",
        changes: &[("**Actions**", "**Retries**: some\n\n**Actions**")],
        refusal: "workflows/release.md:25: `some` is no number of retries",
    },
    Case {
        rules: "invalid-step-option",
        changes: &[("**Actions**", "**Idempotent**: mostly\n\n**Actions**")],
        refusal: "workflows/release.md:25: `mostly` is no `yes` or `no`",
    },
    Case {
        rules: "empty-field",
        changes: &[("**Actions**", "**Timeout**:\n\n**Actions**")],
        refusal: "workflows/release.md:25: `` is no timeout",
    },
    Case {
        rules: "invalid-step-option",
        changes: &[(
            "**Actions**",
            "**Working directory**: ../other\n\n**Actions**",
        )],
        refusal: "workflows/release.md:25: `../other` does not stay inside the project",
    },
    Case {
        rules: "unknown-dependency",
        changes: &[("**Actions**", "**Depends on**: Step 3\n\n**Actions**")],
        refusal: "workflows/release.md:25: there is no other step `Step 3` to depend on",
    },
    Case {
        rules: "unknown-dependency",
        changes: &[("**Actions**", "**Depends on**: Do it\n\n**Actions**")],
        refusal: "workflows/release.md:25: there is no other step `Do it` to depend on",
    },
    Case {
        rules: "dependency-cycle",
        changes: &[
            ("## Success Criteria", STEP_2),
            (
                "**Actions**:\n\n1. Do",
                "**Depends on**: 2\n\n**Actions**:\n\n1. Do",
            ),
            (
                "**Actions**:\n\n1. Tell",
                "**Depends on**: 1\n\n**Actions**:\n\n1. Tell",
            ),
        ],
        refusal: "workflows/release.md:39: step 2 waits for itself, by way of the steps it depends on",
    },
    Case {
        rules: "malformed-input",
        changes: &[(
            "## Prerequisites",
            "## Inputs\n\n- VERSION\n\n## Prerequisites",
        )],
        refusal: "workflows/release.md:17: the input cannot be read: an input begins with its name in backticks",
    },
    Case {
        rules: "unused-input",
        changes: &[(
            "## Prerequisites",
            "## Inputs\n\n- `WF_RUN`: a name\n\n## Prerequisites",
        )],
        refusal: "workflows/release.md:17: the input cannot be read: `WF_RUN` is one of the names that the runner \
                  gives",
    },
    Case {
        rules: "unsafe-log-path",
        changes: &[("`logs/release.log`", "`/var/log/release.log`")],
        refusal: "workflows/release.md:47: `/var/log/release.log` does not stay inside the project",
    },
];

fn document(case: &Case) -> String {
    let mut text = sample::workflow("release");
    for (from, to) in case.changes {
        assert!(text.contains(from), "there is no {from:?} to replace");
        text = text.replacen(from, to, 1);
    }
    text
}

/// What is wrong, if the case does not end as it should.
fn fault(case: &Case, config: &str, document: &str) -> Option<String> {
    let outcome = planning::outcome(config, document);
    let Outcome::Refused(refusal) = &outcome else {
        return Some(format!("{}\nbut {outcome:#?}", case.refusal));
    };
    let help = refusal.help().map(|help| help.to_string());
    let is_told = refusal.to_string() == case.refusal && help.is_some_and(|help| !help.is_empty());
    (!is_told).then(|| format!("{}\nbut {refusal}", case.refusal))
}

#[test]
fn no_suppression_waives_what_a_plan_needs() {
    let faults = CASES.iter().filter_map(|case| {
        let mut text = document(case);
        if !case.rules.is_empty() {
            text += &format!(
                "\n<!-- wf-disable-file {}: it is meant so -->\n",
                case.rules
            );
        }
        fault(case, "", &text)
    });
    let faults: Vec<String> = faults.collect();
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

#[test]
fn no_configuration_waives_what_a_plan_needs() {
    let faults = CASES.iter().filter_map(|case| {
        let rules = case.rules.split(", ").filter(|rule| !rule.is_empty());
        let off: Vec<String> = rules.map(|rule| format!("{rule} = \"off\"")).collect();
        let config = format!("[rules]\n{}\n", off.join("\n"));
        fault(case, &config, &document(case))
    });
    let faults: Vec<String> = faults.collect();
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

/// A new refusal does not compile until it has its name here, and this fails until it has its case.
fn name(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::NoStepsInTemplate => "no steps in the template",
        Refusal::NoSteps { .. } => "no steps",
        Refusal::Misnumbered { .. } => "misnumbered",
        Refusal::NoActions { .. } => "no actions",
        Refusal::Ambiguous { .. } => "ambiguous",
        Refusal::Twice { .. } => "twice",
        Refusal::Silent { .. } => "silent",
        Refusal::BadOption { .. } => "bad option",
        Refusal::UnknownDependency { .. } => "unknown dependency",
        Refusal::Cycle { .. } => "cycle",
        Refusal::BadInput { .. } => "bad input",
        Refusal::Outside { .. } => "outside",
    }
}

#[test]
fn every_refusal_has_its_case() {
    let mut names = BTreeSet::from([name(&Refusal::NoStepsInTemplate)]);
    for case in CASES {
        let silenced = format!(
            "\n<!-- wf-disable-file {}: it is meant so -->\n",
            case.rules
        );
        if let Outcome::Refused(refusal) = planning::outcome("", document(case) + &silenced) {
            names.insert(name(&refusal));
        }
    }
    assert_eq!(names.len(), 12, "{names:?}");
}
