//! Several steps at a time, with real processes. Nothing here waits for time: commands wait for each other.

pub mod scene;

use std::process::Stdio;

use serde_json::Value;

use crate::jobs::scene::Scene;
use crate::jobs::scene::Step;

/// A shell command that goes on once a file is there.
fn until(file: &str) -> String {
    format!("until [ -e {file} ]; do sleep 0.02; done")
}

/// A shell command that goes on once the journal of its run has such a record.
fn until_recorded(words: &str) -> String {
    format!("until grep -q '{words}' .memory/runs/*/journal.jsonl; do sleep 0.02; done")
}

/// Two steps of which neither ends before the other has begun.
fn rendezvous() -> Scene {
    Scene::new(&[
        Step::new(&format!("touch one; {}", until("two"))),
        Step::new(&format!("touch two; {}", until("one"))),
    ])
}

#[test]
fn steps_that_wait_for_each_other_run_at_the_same_time() {
    let run = rendezvous().wf("run tiny --yes --jobs 2");
    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        run.out.contains("  jobs        2 steps at a time\n"),
        "{}",
        run.out
    );
    // The configuration says the same, and the command line wins over it.
    let scene = rendezvous();
    scene.project.write("wf.toml", "run.jobs = 2\n");
    let run = scene.wf("run tiny --yes");
    assert_eq!(run.code, 0, "{run:?}");
    let scene = Scene::new(&[Step::new("true"), Step::new("true")]);
    scene.project.write("wf.toml", "run.jobs = 2\n");
    let run = scene.wf("run tiny --yes --jobs 1");
    assert!(run.code == 0 && !run.out.contains("at a time"), "{run:?}");
    for jobs in ["0", "101", "many"] {
        let run = scene.wf(&format!("run tiny --yes --jobs {jobs}"));
        assert!(run.code == 2 && run.err.contains("--jobs"), "{run:?}");
    }
}

#[test]
fn lines_say_whose_they_are() {
    let scene = Scene::new(&[
        Step::new(&format!("echo first; touch one; {}", until("two"))),
        Step::new(&format!(
            "{}; printf 'second\\nand more'; touch two",
            until("one")
        )),
    ]);
    let run = scene.wf("run tiny --yes --jobs 2");
    assert_eq!(run.code, 0, "{run:?}");
    for line in [
        "    1.1 │ first\n",
        "    2.1 │ second\n",
        "    2.1 │ and more\n",
    ] {
        assert!(run.out.contains(line), "{}", run.out);
    }
}

#[test]
fn after_a_failure_nothing_starts_and_what_runs_is_let_finish() {
    let scene = Scene::new(&[
        Step::new(&format!(
            "touch begun; {}; echo done > finished",
            until_recorded("\"kind\":\"failed\"")
        )),
        Step::new(&format!("{}; exit 3", until("begun"))),
        Step::new("true"),
    ]);
    let run = scene.wf("run tiny --yes --jobs 2 --format json");
    assert_eq!(run.code, 1, "{run:?}");
    assert!(scene.project.path().join("finished").exists());
    let events = scene::events(&run.out);
    assert_eq!(scene::numbers(&events, "step-started"), [1, 2]);
    assert_eq!(scene::numbers(&events, "step-rolled-back"), [2, 1]);
    assert_eq!(scene.lines("undone"), ["2", "1", "procedure"]);
    let ends: Vec<(&str, &str)> = events
        .iter()
        .filter(|event| event["event"] == "item-finished")
        .map(|event| {
            let kind = event["outcome"]["kind"].as_str().unwrap();
            (event["item"].as_str().unwrap(), kind)
        })
        .collect();
    assert_eq!(ends[1..3], [("2.1", "failed"), ("1.1", "succeeded")]);
}

#[test]
fn after_a_command_that_cannot_be_started_nothing_starts() {
    let scene = Scene::new(&[
        Step::of("1. Do it\n\n   ```bash\n   true\n   ```\n\n**Working directory**: gone"),
        Step::new("touch begun"),
    ]);
    let run = scene.wf("run tiny --yes --jobs 2 --format json");
    assert_eq!(run.code, 4, "{run:?}");
    assert!(run.out.contains("not-started"), "{run:?}");
    assert!(!scene.project.path().join("begun").exists());
}

#[test]
fn what_fails_besides_is_told_too() {
    let scene = Scene::new(&[
        Step::new(&format!("touch one; {}; exit 3", until("two"))),
        Step::new(&format!(
            "touch two; {}; exit 4",
            until_recorded("\"status\":3")
        )),
    ]);
    let run = scene.wf("run tiny --yes --jobs 2");
    assert_eq!(run.code, 1, "{run:?}");
    for lines in [
        "  because     1.1 Do it failed\n              2.1 Do it failed too\n",
        "  failed too  2.1 Do it\n              exit status 4 after ",
    ] {
        assert!(run.out.contains(lines), "{}", run.out);
    }
    let reports = std::fs::read_dir(scene.project.path().join("errors")).unwrap();
    let report = reports.map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap());
    let report = report.collect::<String>();
    let besides =
        "While what ran was let finish, this failed too:\n\n1. step 2 \"Part 2\" failed\n";
    assert!(report.contains(besides), "{report}");
    assert_eq!(scene.lines("undone"), ["1", "2", "procedure"]);
}

#[test]
fn a_command_sees_what_the_steps_before_it_set_and_rollback_sees_all() {
    let set = |name: &str| format!("echo {name}=yes >> \"$WF_OUTPUT\"");
    let show = "echo \"$WF_STEP:${LEFT:-no}:${RIGHT:-no}\" >> seen";
    let scene = Scene::new(&[
        Step::new(&format!("{}; touch left", set("LEFT"))).undo(show),
        Step::new(&format!("{}; {}", until_recorded("\"LEFT\""), set("RIGHT"))).undo(show),
        Step::new(show).after("1"),
        Step::new(show).after("2"),
        Step::new(show).after("3, 4"),
        Step::new("false").after("5"),
    ]);
    let run = scene.wf("run tiny --yes --jobs 2");
    assert_eq!(run.code, 1, "{run:?}");
    let mut seen = scene.lines("seen");
    seen[..2].sort();
    assert_eq!(
        seen,
        [
            "3:yes:no",
            "4:no:yes",
            "5:yes:yes",
            "2:yes:yes",
            "1:yes:yes"
        ]
    );
}

#[test]
fn of_two_that_set_one_name_the_same_one_wins_with_any_number_of_jobs() {
    for jobs in [1, 2] {
        let wait = if jobs == 1 {
            "true".to_owned()
        } else {
            until_recorded("NAME.:.second")
        };
        let scene = Scene::new(&[
            Step::new(&format!("{wait}; echo NAME=first >> \"$WF_OUTPUT\"")),
            Step::new("echo NAME=second >> \"$WF_OUTPUT\""),
            Step::new("echo $NAME > seen").after("1, 2"),
        ]);
        let run = scene.wf(&format!("run tiny --yes --jobs {jobs}"));
        assert_eq!(run.code, 0, "{run:?}");
        assert_eq!(scene.lines("seen"), ["second"], "with {jobs}");
    }
}

#[test]
fn several_items_wait_for_people_at_once() {
    let scene = Scene::new(&[
        Step::manual("Tell the readers"),
        Step::manual("Tell the writers"),
        Step::new("touch third"),
    ]);
    let run = scene.wf("run tiny --yes --jobs 3");
    assert_eq!(run.code, 3, "{run:?}");
    assert!(
        scene.project.path().join("third").exists(),
        "all else is done first"
    );
    for item in ["1.1", "2.1"] {
        assert!(
            run.out.contains(&format!(" --item {item}\n")),
            "{}",
            run.out
        );
    }
    let run = scene.wf("confirm");
    assert!(
        run.code == 2 && run.err.contains("more than one item waits: 1.1, 2.1"),
        "{run:?}"
    );
    let run = scene.wf("confirm --item 2.1");
    assert!(run.code == 3 && !run.out.contains("--item"), "{run:?}");
    let run = scene.wf("reject --reason no");
    assert_eq!(run.code, 1, "{run:?}");
    // The third step was started after the others were asked for.
    assert_eq!(scene.lines("undone"), ["1", "3", "2", "procedure"]);
}

#[test]
fn once_a_run_turned_back_what_it_asked_before_waits_no_more() {
    let failing = Step::new("false").undone_by_hand();
    let scene = Scene::new(&[Step::manual("Tell the readers"), failing]);
    let run = scene.wf("run tiny --yes --jobs 2");
    assert_eq!(run.code, 3, "{run:?}");
    let run = scene.wf("confirm");
    assert!(
        run.code == 1 && run.out.contains("2.rollback.1  Undo it: done, says ops"),
        "{run:?}"
    );
}

#[test]
fn what_is_in_flight_when_wf_is_told_to_end_is_asked_about_one_by_one() {
    let hold = |name: &str| {
        format!(
            "touch begun-{name}; if [ ! -e again ]; then mkfifo {name}; cat {name}; fi; touch done-{name}"
        )
    };
    let scene = Scene::new(&[
        Step::new(&hold("one")).check("test -e done-one || test -e again"),
        Step::new(&hold("two")).check("test -e done-two"),
    ]);
    let mut child = scene
        .command("run tiny --yes --jobs 2")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    scene.wait_for("begun-one");
    scene.wait_for("begun-two");
    scene::signal(&child, "TERM");
    assert_eq!(child.wait().unwrap().code(), Some(143));
    let shown = scene.wf("runs show");
    for item in ["1.1", "2.1"] {
        let line = format!("✗ {item}");
        assert!(!shown.out.contains(&line), "{}", shown.out);
        assert!(shown.out.contains(&format!("! {item}")), "{}", shown.out);
    }
    let run = scene.wf("resume");
    assert_eq!(run.code, 3, "{run:?}");
    assert!(
        run.out.contains("`--item 1.1` says it of one alone"),
        "{}",
        run.out
    );
    let run = scene.wf("resume --done --item 3.1");
    assert!(run.code == 2 && run.err.contains("3.1 of tiny-"), "{run:?}");
    scene.project.write("again", "");
    let run = scene.wf("resume --done --item 1.1");
    assert!(
        run.code == 3 && run.out.contains("wf resume tiny-"),
        "{run:?}"
    );
    let run = scene.wf("resume --retry");
    assert_eq!(run.code, 0, "{run:?}");
    let there = |name: &str| scene.project.path().join(name).exists();
    assert!(!there("done-one") && there("done-two"));
}

/// What each step waits for, which ones fail, and how many run at once.
type Case = (&'static [&'static str], &'static [u32], u32);

#[test]
fn the_steps_that_were_started_are_undone_in_reverse() {
    let cases: [Case; 5] = [
        (&["", "1", "1", "2, 3"], &[4], 2),
        (&["", "1", "1", "2, 3"], &[2, 3], 2),
        (&["", "", "", "", "", ""], &[3, 5], 3),
        (&["3", "1", "", "3", "2, 4", "", "6"], &[5, 7], 2),
        (&["", "1", "2", "", "4", "5", "3, 6"], &[7], 4),
    ];
    for (after, failing, jobs) in cases {
        let steps = after.iter().zip(1..).map(|(after, number)| {
            let step = Step::new(if failing.contains(&number) {
                "false"
            } else {
                "true"
            });
            step.after(after)
        });
        let scene = Scene::new(&steps.collect::<Vec<_>>());
        let run = scene.wf(&format!("run tiny --yes --jobs {jobs} --format json"));
        assert_eq!(run.code, 1, "{run:?}");
        let events = scene::events(&run.out);
        let started = started(&events);
        let failed = events
            .iter()
            .find(|event| event["outcome"]["kind"] == "failed");
        let failed = failed.and_then(|event| event["item"].as_str()).unwrap();
        let failed: u32 = failed.split('.').next().unwrap().parse().unwrap();
        let others = started.iter().rev().copied().filter(|step| *step != failed);
        let expected: Vec<u32> = std::iter::once(failed).chain(others).collect();
        assert_eq!(scene::numbers(&events, "step-rolled-back"), expected);
        let undone: Vec<String> = expected.iter().map(ToString::to_string).collect();
        assert_eq!(
            scene.lines("undone"),
            [undone, vec!["procedure".to_owned()]].concat()
        );
        // A step begins when those before it have ended.
        for (after, step) in after.iter().zip(1..) {
            let waits = after.split(", ").filter(|before| !before.is_empty());
            for before in waits.map(|before| before.parse().unwrap()) {
                let place = |name: &str, step: u32| {
                    events
                        .iter()
                        .position(|event| event["event"] == name && event["step"] == step)
                };
                let begun = place("step-started", step);
                assert!(begun.is_none_or(|at| place("step-finished", before).unwrap() < at));
            }
        }
    }
}

/// The steps of which an action was started, in that order.
fn started(events: &[Value]) -> Vec<u32> {
    let items = events
        .iter()
        .filter(|event| event["event"] == "item-started")
        .map(|event| event["item"].as_str().unwrap());
    items
        .filter_map(|item| item.strip_suffix(".1")?.parse().ok())
        .collect()
}

#[test]
fn the_plan_says_what_jobs_leave_open() {
    let scene = Scene::new(&[
        Step::new("true"),
        Step::new("true").after("1"),
        Step::new("true").after("1"),
        Step::new("true").after("2"),
    ]);
    let plan = scene.wf("run tiny --dry-run --jobs 2");
    assert_eq!(plan.code, 0, "{plan:?}");
    for line in [
        "    then the other steps that were started, the last one first (step 1 and\n    perhaps step 3), then the Rollback Procedure\n",
        "    then the other steps that were started, the last one first (step 1 and\n    perhaps steps 2 and 4), then the Rollback Procedure\n",
        "  jobs        up to 2 steps at the same time\n",
    ] {
        assert!(plan.out.contains(line), "{}", plan.out);
    }
    let plan = scene.wf("plan tiny");
    assert!(
        plan.out
            .contains("    then steps 3 to 1, then the Rollback Procedure\n"),
        "{}",
        plan.out
    );
}
