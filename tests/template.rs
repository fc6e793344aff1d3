//! Templates: another team's is a complete other schema, and a faulty one is refused with its place.

use std::fs;
use std::path::Path;

use wf::source::Source;
use wf::template;

use crate::project::Project;

#[test]
fn a_foreign_template_is_a_complete_other_schema() {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/foreign");
    let project = Project::new();
    for path in [
        "wf.toml",
        "docs/template.md",
        "runbooks/README.md",
        "runbooks/disk-full.md",
        "runbooks/queue-stuck.md",
    ] {
        project.write(path, fs::read(fixture.join(path)).unwrap());
    }
    let run = project.check(&["--format", "concise", "--quiet"]);
    let expected = fs::read_to_string(fixture.join("expected.txt")).unwrap();
    assert_eq!((run.out, run.code), (expected, 1));
}

fn fault(text: &str) -> String {
    let error = template::read(&Source::new("t.md", text)).expect_err(text);
    assert!(
        miette::Diagnostic::help(&error).is_some(),
        "{error}: no help"
    );
    error.to_string()
}

#[test]
fn a_faulty_template_is_refused_with_its_place() {
    assert_eq!(
        fault("Just text.\n"),
        "t.md:1:1: the template asks for nothing: it has no title, header or section"
    );
    assert_eq!(fault("# A\n\n# B\n"), "t.md:3:1: a second title");
    assert_eq!(
        fault("## Use\n\n[x]\n\n## use\n"),
        "t.md:5:1: the section `use` stands twice; the first is on line 1"
    );
    assert_eq!(
        fault("## Use\n\n**When**: [x]\n\n**when**: [y]\n"),
        "t.md:5:1: the label `when` stands twice in one section; the first is on line 3"
    );
    assert_eq!(
        fault("# A\n\n**FILE**: [x] | **FILE**: [y]\n"),
        "t.md:3:17: the header field `FILE` stands twice"
    );
    assert_eq!(fault("## Use\n\n##\n"), "t.md:3:1: a heading without text");
    assert_eq!(
        fault("## Step 1: [Name]\n"),
        "t.md:1:1: a numbered heading outside a section"
    );
    assert_eq!(
        fault("## A\n\n### Step 1: [N]\n\n## B\n\n### Step 1: [N]\n"),
        "t.md:7:1: numbered headings in a second section"
    );
    assert_eq!(
        fault("## A\n\n### Step 1: [N]\n\n#### More\n"),
        "t.md:5:1: a heading inside a step"
    );
}

#[test]
fn the_built_in_template_asks_for_what_is_documented() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/template.md");
    let template = template::read(&Source::new("t.md", fs::read_to_string(path).unwrap())).unwrap();
    assert!(template.title);
    assert_eq!(
        template.header,
        ["FILE", "PURPOSE", "OWNER", "LAST-AUDITED"]
    );
    let required = |optional: bool| {
        let sections = template
            .sections
            .iter()
            .filter(move |section| section.optional == optional);
        sections
            .map(|section| section.title.as_str())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        required(false),
        [
            "Overview",
            "Trigger",
            "Prerequisites",
            "Steps",
            "Success Criteria",
            "Rollback Procedure",
            "Logging",
            "Example"
        ]
    );
    assert_eq!(required(true), ["Inputs"]);
    let steps = template.steps.unwrap();
    let labels = |optional: bool| {
        let fields = steps
            .fields
            .iter()
            .filter(move |field| field.optional == optional);
        fields.map(|field| field.label.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(
        labels(false),
        ["Purpose", "Actions", "Verification", "Rollback"]
    );
    assert_eq!(
        labels(true),
        [
            "Depends on",
            "Timeout",
            "Retries",
            "Working directory",
            "Idempotent",
            "Rehearse",
            "Runs on"
        ]
    );
}
