//! Rollback that stops, and how a person lets it go on; and undoing a run that succeeded.

use crate::flow;
use crate::flow::Flow;
use crate::flow::Step;
use crate::flow::mark;
use crate::project::Project;
use crate::running::run;
use crate::running::state;
use crate::running::trace;

/// Three steps, of which the last fails; undoing the second does not work until `mended` is there.
fn stuck() -> Project {
    let undo = format!("{}\ntest -e mended", mark("2.undo"));
    let flow = Flow::new("release")
        .step(Step::marked(1))
        .step(Step::new(mark("2.1")).undo(undo).undo(mark("2.more")))
        .step(Step::new("false").undo(mark("3.undo")))
        .procedure(mark("procedure"));
    let project = flow.project();
    let found = run(&project, &[]);
    assert_eq!(
        (found.code, state(&project).as_str()),
        (4, "stuck"),
        "{}",
        found.out
    );
    assert_eq!(trace(&project), "1.1 1.verify 2.1 3.undo 2.undo");
    for told in ["2.rollback.1", "wf rollback", "wf runs abandon"] {
        assert!(found.out.contains(told), "{told} in {}", found.out);
    }
    project
}

#[test]
fn what_stopped_is_tried_again() {
    let project = stuck();
    let found = flow::wf(&project, &["rollback", "--retry"]);
    assert_eq!((found.code, state(&project).as_str()), (4, "stuck"));
    project.write("mended", "");
    let found = flow::wf(&project, &["rollback", "--retry"]);
    assert_eq!(
        (found.code, state(&project).as_str()),
        (1, "failed"),
        "{}",
        found.out
    );
    assert_eq!(
        trace(&project),
        "1.1 1.verify 2.1 3.undo 2.undo 2.undo 2.undo 2.more 1.undo procedure"
    );
}

#[test]
fn a_step_is_left_as_it_is() {
    let project = stuck();
    let found = flow::wf(&project, &["rollback", "--skip", "1"]);
    // Step 1 is due as well; it is passed over when its turn comes, and the second one is still in the way.
    assert_eq!(found.code, 4, "{}{}", found.out, found.err);
    let found = flow::wf(&project, &["rollback", "--skip", "3"]);
    assert_eq!(found.code, 2, "{}", found.out);
    assert!(found.err.contains("step 3 is not due"), "{}", found.err);
    let found = flow::wf(&project, &["rollback", "--skip", "2"]);
    assert_eq!(
        (found.code, state(&project).as_str()),
        (1, "failed"),
        "{}",
        found.out
    );
    assert_eq!(trace(&project), "1.1 1.verify 2.1 3.undo 2.undo procedure");
}

#[test]
fn whatever_fails_is_left_as_it_is() {
    let project = stuck();
    let found = flow::wf(&project, &["rollback", "--keep-going"]);
    assert_eq!(
        (found.code, state(&project).as_str()),
        (1, "failed"),
        "{}",
        found.out
    );
    assert_eq!(
        trace(&project),
        "1.1 1.verify 2.1 3.undo 2.undo 1.undo procedure"
    );
}

#[test]
fn a_stuck_run_wants_to_be_told_how_it_goes_on() {
    let project = stuck();
    for words in [&["resume"][..], &["rollback", "--yes"]] {
        let found = flow::wf(&project, words);
        assert_eq!(found.code, 4, "{words:?}: {}", found.out);
        for way in ["--retry", "--skip", "--keep-going"] {
            assert!(found.err.contains(way), "{way} in {}", found.err);
        }
    }
    let found = flow::wf(&project, &["runs", "abandon", &flow::runs(&project)[0].0]);
    assert_eq!(
        (found.code, state(&project).as_str()),
        (0, "abandoned"),
        "{}",
        found.err
    );
    assert_eq!(trace(&project), "1.1 1.verify 2.1 3.undo 2.undo");
}

#[test]
fn why_it_failed_is_told_to_the_end() {
    let project = Flow::new("release")
        .step(Step::new("exit 7").undo("test -e mended"))
        .project();
    assert_eq!(run(&project, &[]).code, 4);
    project.write("mended", "");
    let found = flow::wf(&project, &["rollback", "--retry"]);
    assert_eq!(found.code, 1, "{}", found.out);
    assert!(found.out.contains("exit status 7 after"), "{}", found.out);
}

#[test]
fn the_ways_on_that_are_named_can_be_gone() {
    let project = stuck();
    for words in [&["confirm"][..], &["reject", "--reason", "no"]] {
        let found = flow::wf(&project, words);
        assert_eq!(found.code, 4, "{words:?}: {}", found.out);
        assert!(found.err.contains("--retry"), "{}", found.err);
    }
    let project = Flow::new("release")
        .step(Step::new("false").undo("by hand: Put it back"))
        .project();
    assert_eq!(run(&project, &[]).code, 3);
    for words in [&["rollback", "--retry"][..], &["rollback", "--yes"]] {
        let found = flow::wf(&project, words);
        assert_eq!(found.code, 2, "{words:?}: {}", found.out);
        assert!(found.err.contains("wf confirm"), "{words:?}: {}", found.err);
    }
    let project = Flow::new("release").step(Step::marked(1)).project();
    assert_eq!(run(&project, &[]).code, 0);
    let run_of = flow::runs(&project).remove(0).0;
    let found = flow::wf(&project, &["rollback", &run_of, "--keep-going"]);
    assert_eq!(found.code, 2, "{}", found.out);
    assert!(found.err.contains("alone undoes it"), "{}", found.err);
}

#[test]
fn a_procedure_that_fails_is_stuck_too() {
    let flow = Flow::new("release")
        .step(Step::new("false").undo(mark("1.undo")))
        .procedure(format!("{}\ntest -e mended", mark("procedure.1")))
        .procedure(mark("procedure.2"));
    let project = flow.project();
    assert_eq!(run(&project, &[]).code, 4);
    let found = flow::wf(&project, &["rollback", "--skip", "procedure"]);
    assert_eq!(
        (found.code, state(&project).as_str()),
        (1, "failed"),
        "{}",
        found.err
    );
    assert_eq!(trace(&project), "1.undo procedure.1");
}

#[test]
fn unwinding_stops_at_what_cannot_be_undone() {
    let flow = |second: Step| {
        Flow::new("release")
            .step(Step::marked(1))
            .step(second.waiver("Irreversible — a mail is a mail"))
            .step(Step::new("false").undo(mark("3.undo")))
            .procedure(mark("procedure"))
    };
    let project = flow(Step::new(mark("2.1"))).project();
    let found = run(&project, &[]);
    assert_eq!(
        (found.code, state(&project).as_str()),
        (4, "stuck"),
        "{}",
        found.out
    );
    assert_eq!(trace(&project), "1.1 1.verify 2.1 3.undo");
    assert!(found.out.contains("a mail is a mail"), "{}", found.out);
    let refused = flow::wf(&project, &["resume"]);
    assert!(
        refused.code == 4 && refused.err.contains("--skip 2`") && !refused.err.contains("--retry"),
        "{}",
        refused.err
    );
    let found = flow::wf(&project, &["rollback", "--keep-going"]);
    assert_eq!(
        (found.code, state(&project).as_str()),
        (1, "failed"),
        "{}",
        found.out
    );
    assert_eq!(trace(&project), "1.1 1.verify 2.1 3.undo 1.undo procedure");
    // What had no effect is no hindrance.
    let project = flow(Step::new("false")).project();
    let found = run(&project, &[]);
    assert_eq!(
        (found.code, state(&project).as_str()),
        (1, "failed"),
        "{}",
        found.out
    );
    assert_eq!(trace(&project), "1.1 1.verify 1.undo procedure");
}

#[test]
fn what_was_ended_in_the_middle_may_have_happened() {
    for (ends, option) in [
        ("kill -KILL $$", ""),
        ("exec tail -f /dev/null", "**Timeout**: 1s"),
    ] {
        let second = Step::new(format!("{}\n{ends}", mark("2.1")))
            .option(option)
            .waiver("Irreversible — a mail is a mail");
        let project = Flow::new("release")
            .step(Step::marked(1))
            .step(second)
            .project();
        let found = run(&project, &[]);
        assert_eq!(
            (found.code, state(&project).as_str()),
            (4, "stuck"),
            "{ends}: {}",
            found.out
        );
        assert_eq!(trace(&project), "1.1 1.verify 2.1", "{ends}");
    }
}

#[test]
fn what_is_left_in_place_is_not_undone() {
    for how in [&["--skip", "2"][..], &["--keep-going"]] {
        let project = Flow::new("release")
            .step(Step::marked(1))
            .step(Step::new(mark("2.1")).undo("false"))
            .procedure(mark("procedure"))
            .project();
        assert_eq!(run(&project, &[]).code, 0);
        let run_of = flow::runs(&project).remove(0).0;
        let found = flow::wf(&project, &["rollback", &run_of, "--yes"]);
        assert_eq!(found.code, 4, "{}", found.out);
        let found = flow::wf(&project, &[&["rollback", &run_of], how].concat());
        assert_eq!(
            (found.code, state(&project).as_str()),
            (1, "failed"),
            "{}",
            found.out
        );
        assert!(found.out.contains("Undone in part"), "{}", found.out);
        assert_eq!(trace(&project), "1.1 1.verify 2.1 1.undo procedure");
    }
}

#[test]
fn undoing_has_its_own_attempts() {
    let undo = format!("{}\n[ \"$(grep -c undo trace)\" -ge 3 ]", mark("undo"));
    let step = Step::new(format!("{}\nfalse", mark("try")))
        .undo(undo)
        .option("**Retries**: 2");
    let project = Flow::new("release").step(step).project();
    assert_eq!(run(&project, &[]).code, 1);
    assert_eq!(trace(&project), "try try try undo undo undo");
}

#[test]
fn a_run_that_succeeded_is_undone() {
    let flow = Flow::new("release")
        .step(Step::marked(1))
        .step(Step::new(mark("2.1")))
        .step(Step::marked(3))
        .procedure(mark("procedure"));
    let project = flow.project();
    assert_eq!(run(&project, &[]).code, 0);
    let run_of = flow::runs(&project).remove(0).0;
    let found = flow::wf(&project, &["rollback", &run_of]);
    assert_eq!(found.code, 2, "nobody agreed");
    assert!(found.err.contains("--yes"), "{}", found.err);
    let found = flow::wf(&project, &["rollback", &run_of, "--yes"]);
    assert_eq!(
        (found.code, state(&project).as_str()),
        (0, "undone"),
        "{}",
        found.err
    );
    assert_eq!(
        trace(&project),
        "1.1 1.verify 2.1 3.1 3.verify 3.undo 1.undo procedure"
    );
    let found = flow::wf(&project, &["rollback", &run_of, "--yes"]);
    assert_eq!(found.code, 2, "it works once: {}", found.out);
    assert!(found.err.contains("was undone"), "{}", found.err);
    // One that failed was rolled back before.
    let project = Flow::new("release")
        .step(Step::new("false").undo(mark("undo")))
        .project();
    assert_eq!(run(&project, &[]).code, 1);
    let run_of = flow::runs(&project).remove(0).0;
    let found = flow::wf(&project, &["rollback", &run_of, "--yes"]);
    assert_eq!(found.code, 2, "{}", found.out);
    assert_eq!(trace(&project), "undo");
}
