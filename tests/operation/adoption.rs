//! `wf resume --adopt`.

use crate::operation::project;
use crate::operation::read;
use crate::operation::runs;
use crate::operation::wf_ends;
use crate::operation::workflow_of;
use crate::project::Project;

const PATH: &str = "workflows/deploy.md";

/// The steps: one that is done, one that waits for a person, one that is still to come.
fn document(last: &str) -> String {
    let steps = [
        ("Copy", "echo copy >> did", "true", "echo uncopy >> did"),
        ("Ask", "MANUAL", "true", "true"),
        ("Switch", last, "true", "echo unswitch >> did"),
    ];
    workflow_of("deploy", &steps).replace("   ```bash\n   MANUAL\n   ```\n", "")
}

/// A run that waits in its second step.
fn waiting() -> (Project, String) {
    let project = project("deploy", "true");
    project.write(PATH, document("echo old >> did"));
    wf_ends(&project, 3, &["run", "deploy", "--yes"]);
    let run = runs(&project).pop().unwrap();
    (project, run)
}

#[test]
fn a_run_goes_on_with_the_document_as_it_is_by_now() {
    let (project, run) = waiting();
    // Lines shift, what is done stays, and what is checked before the first step is not looked at again.
    let changed = document("echo new >> did")
        .replace("## Trigger", "More text.\n\n## Trigger")
        .replace("test -r .", "test -e nowhere");
    project.write(PATH, &changed);
    let shown = wf_ends(&project, 3, &["resume", "--adopt", "--as", "rita"]).out;
    assert!(
        shown.contains("adopted") && shown.contains("workflows/deploy.md as it is now"),
        "{shown}"
    );
    project.write(PATH, document("echo newer >> did"));
    wf_ends(&project, 0, &["confirm"]);
    assert_eq!(read(&project, "did"), "copy\nnew\n");
    let verified = wf_ends(&project, 0, &["runs", "show", &run, "--verify"]).out;
    assert!(verified.contains("unchanged"), "{verified}");
    let again = wf_ends(&project, 0, &["runs", "show", &run]).out;
    assert!(
        again.contains("as it is now") && again.contains("says rita"),
        "{again}"
    );
    assert!(read(&project, "logs/info.log").contains("event=\"document adopted\" by=rita"));
    let hash = wf::plan::digest(changed.as_bytes());
    let kept = format!(".memory/runs/{run}/document-{}.md", &hash[..12]);
    assert_eq!(read(&project, &kept), changed);
    project.write(&kept, "something else");
    let verified = wf_ends(&project, 1, &["runs", "show", &run, "--verify"]).out;
    assert!(
        verified.contains(": it is not what was validated"),
        "{verified}"
    );
}

#[test]
fn what_was_adopted_is_what_is_undone() {
    let (project, run) = waiting();
    project.write(
        PATH,
        document("echo new >> did\nexit 1").replace("unswitch", "unswitch anew"),
    );
    wf_ends(&project, 3, &["resume", &run, "--adopt"]);
    wf_ends(&project, 1, &["confirm"]);
    assert_eq!(read(&project, "did"), "copy\nnew\nunswitch anew\nuncopy\n");
}

#[test]
fn what_has_begun_must_be_as_it_was() {
    let (project, run) = waiting();
    let whole = document("echo new >> did");
    for (changed, reason) in [
        (
            whole.replace("echo copy", "echo cp"),
            "step 1 has begun, and its actions are not as before",
        ),
        (
            whole.replace("echo uncopy", "echo un"),
            "step 1 has begun, and its rollback is not as before",
        ),
        (
            whole.replace("### Step 2: Ask", "### Step 2: Beg"),
            "step 2 has begun, and its name is not as before",
        ),
        (
            whole.replacen("**Actions**", "**Retries**: 2\n\n**Actions**", 1),
            "step 1 has begun, and its options are not as before",
        ),
        (
            whole
                .replace(
                    "## Prereq",
                    "## Inputs\n\n- `X` (default: `1`): used as $X\n\n## Prereq",
                )
                .replace("echo new", "echo \"$X\""),
            "its inputs differ",
        ),
    ] {
        project.write(PATH, changed);
        let refused = wf_ends(&project, 5, &["resume", &run, "--adopt"]);
        assert!(
            refused.err.contains(&format!(
                "cannot go on with `{PATH}` as it is now: {reason}"
            )),
            "{refused:?}"
        );
    }
    project.write(PATH, whole.replace("## Overview", "## Overveiw"));
    let refused = wf_ends(&project, 5, &["resume", &run, "--adopt"]);
    assert!(refused.out.contains("misspelled-section"), "{refused:?}");
    // Nothing of that has changed the run.
    wf_ends(&project, 0, &["confirm"]);
    assert_eq!(read(&project, "did"), "copy\nold\n");
}

#[test]
fn without_a_change_there_is_nothing_to_adopt() {
    let (project, _) = waiting();
    let run = wf_ends(&project, 3, &["resume", "--adopt"]);
    assert!(
        run.err.contains("note: the document has not changed"),
        "{run:?}"
    );
    assert!(!read(&project, "logs/info.log").contains("adopted"));
}

/// What is checked at the end is looked at anew, since another list has taken its place.
#[test]
fn checks_at_the_end_are_those_of_the_new_document() {
    let project = project("deploy", "true");
    let steps = [("Copy", "echo copy >> did", "true", "true")];
    let document = workflow_of("deploy", &steps);
    let criterion = "- [ ] All is well\n  Run: `true`";
    let asked = document.replace(
        criterion,
        "- [ ] Somebody looked\n- [ ] Somebody looked again",
    );
    project.write(PATH, asked);
    wf_ends(&project, 3, &["run", "deploy", "--yes"]);
    wf_ends(&project, 3, &["confirm"]);
    project.write(
        PATH,
        document.replace(criterion, "- [ ] It is told\n  Run: `echo told >> did`"),
    );
    wf_ends(&project, 0, &["resume", "--adopt"]);
    assert_eq!(read(&project, "did"), "copy\ntold\n");
}
