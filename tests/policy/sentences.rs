//! What is promised of a run, a sentence a case: the plan, what happens to it, and what the run does.

use crate::policy::script;

struct Case {
    sentence: &'static str,
    plan: &'static str,
    script: &'static str,
    told: &'static str,
}

const FORWARD: &[Case] = &[
    Case {
        sentence: "Prerequisites, then steps, each with its actions and its checks, then Success Criteria.",
        plan: "prerequisite criterion procedure\nrun run check undo\nrun undo",
        script: "",
        told: "prerequisites.1, 1.1, 1.2, 1.verify.1, step 1 succeeds, 2.1, step 2 succeeds, criteria.1, succeeded",
    },
    Case {
        sentence: "A prerequisite that fails ends the run before any step; there is nothing to undo.",
        plan: "prerequisite prerequisite procedure\nrun undo",
        script: "prerequisites.1 fails",
        told: "prerequisites.1, prerequisites.1 fails, failed",
    },
    Case {
        sentence: "A manual prerequisite that is rejected does, too.",
        plan: "ask-prerequisite procedure\nrun undo",
        script: "reject prerequisites.1",
        told: "prerequisites.1?, parks: prerequisites.1, prerequisites.1 is rejected, failed",
    },
    Case {
        sentence: "Steps run in dependency order, in document order among equals.",
        plan: "\nrun none after=3\nrun none\nrun none",
        script: "",
        told: "2.1, step 2 succeeds, 3.1, step 3 succeeds, 1.1, step 1 succeeds, succeeded",
    },
    Case {
        sentence: "A failed command is tried again as often as its step says.",
        plan: "\nrun check undo retries=2",
        script: "1.1 fails, 1.1 takes too long, 1.verify.1 is killed",
        told: "1.1, 1.1 fails, 1.1 again, 1.1 fails, 1.1 again, 1.verify.1, 1.verify.1 fails, 1.verify.1 again, \
               step 1 succeeds, succeeded",
    },
    Case {
        sentence: "One that cannot be started would not start the next time either.",
        plan: "\nrun undo retries=2",
        script: "1.1 is not there",
        told: "1.1, 1.1 fails, back 1, 1.rollback.1, 1 undone, failed",
    },
    Case {
        sentence: "With jobs, independent steps run at the same time, so many and no more.",
        plan: "jobs=2\nrun none\nrun none\nrun none\nrun none after=1",
        script: "slow 1.1",
        told: "1.1, 2.1, 2.1 ends, step 2 succeeds, 3.1, 3.1 ends, step 3 succeeds, step 1 succeeds, 4.1, \
               step 4 succeeds, succeeded",
    },
    Case {
        sentence: "A failed check of a step fails the step.",
        plan: "\nrun check check undo\nrun none",
        script: "1.verify.1 fails",
        told: "1.1, 1.verify.1, 1.verify.1 fails, back 1, 1.rollback.1, 1 undone, failed",
    },
    Case {
        sentence: "A manual item parks the run, which goes on once it is confirmed.",
        plan: "\nrun ask run ask-check undo",
        script: "confirm 1.2, confirm 1.verify.1",
        told: "1.1, 1.2?, parks: 1.2, 1.2 is confirmed, 1.3, 1.verify.1?, parks: 1.verify.1, 1.verify.1 is confirmed, \
               step 1 succeeds, succeeded",
    },
    Case {
        sentence: "With jobs, the run does what else there is before it parks.",
        plan: "jobs=2\nask none\nrun run none\nrun none after=2",
        script: "confirm 1.1",
        told: "1.1?, 2.1, 2.2, step 2 succeeds, 3.1, step 3 succeeds, parks: 1.1, 1.1 is confirmed, \
               step 1 succeeds, succeeded",
    },
];

const BACK: &[Case] = &[
    Case {
        sentence: "The failed step first, the others in reverse order of their start, the Procedure last.",
        plan: "procedure procedure\nrun undo undo after=2\nrun undo\nrun undo after=1",
        script: "3.1 fails",
        told: "2.1, step 2 succeeds, 1.1, step 1 succeeds, 3.1, 3.1 fails, back 3 1 2, 3.rollback.1, 3 undone, \
               1.rollback.1, 1.rollback.2, 1 undone, 2.rollback.1, 2 undone, procedure.1, procedure.2, failed",
    },
    Case {
        sentence: "A step that failed half-way is undone, too.",
        plan: "\nrun run run undo",
        script: "1.2 fails",
        told: "1.1, 1.2, 1.2 fails, back 1, 1.rollback.1, 1 undone, failed",
    },
    Case {
        sentence: "When a step fails nothing new is started, and commands in flight are let finish.",
        plan: "jobs=2 free procedure\nrun undo\nrun run undo\nrun undo",
        script: "1.1 fails",
        told: "1.1, 2.1, 1.1 fails, back 1 2, 1.rollback.1, 1 undone, 2.rollback.1, 2 undone, procedure.1, failed",
    },
    Case {
        sentence: "They are not tried again either.",
        plan: "jobs=2 free\nrun undo\nrun undo retries=1",
        script: "1.1 fails, 2.1 fails",
        told: "1.1, 2.1, 1.1 fails, 2.1 fails, back 1 2, 1.rollback.1, 1 undone, 2.rollback.1, 2 undone, failed",
    },
    Case {
        sentence: "Of two steps that fail, the one that failed first counts.",
        plan: "jobs=2 free\nrun undo\nrun undo",
        script: "slow 1.1, 1.1 fails, 2.1 fails",
        told: "1.1, 2.1, 2.1 fails, 1.1 fails, back 2 1, 2.rollback.1, 2 undone, 1.rollback.1, 1 undone, failed",
    },
    Case {
        sentence: "Asking is starting: a step whose first action is manual and was rejected is rolled back.",
        plan: "\nask undo",
        script: "reject 1.1",
        told: "1.1?, parks: 1.1, 1.1 is rejected, back 1, 1.rollback.1, 1 undone, failed",
    },
    Case {
        sentence: "Failed Success Criteria unwind all steps, then the Procedure.",
        plan: "criterion procedure\nrun undo\nrun undo",
        script: "criteria.1 fails",
        told: "1.1, step 1 succeeds, 2.1, step 2 succeeds, criteria.1, criteria.1 fails, back 2 1, 2.rollback.1, \
               2 undone, 1.rollback.1, 1 undone, procedure.1, failed",
    },
    Case {
        sentence: "`rollback = \"step\"` leaves the other steps out.",
        plan: "policy=step procedure\nrun undo\nrun undo",
        script: "2.1 fails",
        told: "1.1, step 1 succeeds, 2.1, 2.1 fails, back 2, 2.rollback.1, 2 undone, procedure.1, failed",
    },
    Case {
        sentence: "Failed Success Criteria then lead to the Procedure alone.",
        plan: "policy=step criterion procedure\nrun undo",
        script: "criteria.1 fails",
        told: "1.1, step 1 succeeds, criteria.1, criteria.1 fails, back, procedure.1, failed",
    },
    Case {
        sentence: "Steps waived with None are passed over.",
        plan: "\nrun undo\nrun none\nrun undo",
        script: "3.1 fails",
        told: "1.1, step 1 succeeds, 2.1, step 2 succeeds, 3.1, 3.1 fails, back 3 2 1, 3.rollback.1, 3 undone, \
               2 nothing, 1.rollback.1, 1 undone, failed",
    },
    Case {
        sentence: "Rollback has its own retries, unaffected by what ended the run.",
        plan: "\nrun undo retries=1",
        script: "1.1 fails, 1.1 fails, 1.rollback.1 fails",
        told: "1.1, 1.1 fails, 1.1 again, 1.1 fails, back 1, 1.rollback.1, 1.rollback.1 fails, 1.rollback.1 again, \
               1 undone, failed",
    },
    Case {
        sentence: "A run that succeeded can be undone, and has a final state of its own.",
        plan: "policy=step procedure\nrun undo\nrun undo",
        script: "rollback",
        told: "1.1, step 1 succeeds, 2.1, step 2 succeeds, succeeded, back 2 1, 2.rollback.1, 2 undone, \
               1.rollback.1, 1 undone, procedure.1, undone",
    },
];

const STUCK: &[Case] = &[
    Case {
        sentence: "Unwinding stops at an Irreversible step of which an action succeeded; keep-going goes past it.",
        plan: "procedure\nrun undo\nrun irreversible\nrun undo",
        script: "3.1 fails, rollback --keep-going",
        told: "1.1, step 1 succeeds, 2.1, step 2 succeeds, 3.1, 3.1 fails, back 3 2 1, 3.rollback.1, 3 undone, \
               stuck at step 2, 2 left, 1.rollback.1, 1 undone, procedure.1, failed",
    },
    Case {
        sentence: "It does not stop at one whose only action failed.",
        plan: "\nrun undo\nrun irreversible retries=1",
        script: "2.1 fails, 2.1 fails",
        told: "1.1, step 1 succeeds, 2.1, 2.1 fails, 2.1 again, 2.1 fails, back 2 1, 2 unneeded, 1.rollback.1, \
               1 undone, failed",
    },
    Case {
        sentence: "It stops at one whose action did its work, but told a secret.",
        plan: "\nrun irreversible",
        script: "1.1 tells a secret",
        told: "1.1, 1.1 fails, back 1, stuck at step 1",
    },
    Case {
        sentence: "It stops at one of which an action is unknown,",
        plan: "\nrun irreversible",
        script: "1.1 is stopped, resume, resume --rollback",
        told: "1.1, 1.1 is stopped, suspended, resumed, parks: 1.1 unknown, back 1, stuck at step 1",
    },
    Case {
        sentence: "even if its repetition failed: the first attempt may have had its effect.",
        plan: "\nrun irreversible idempotent",
        script: "1.1 is cut off, 1.1 fails",
        told: "1.1, resumed, 1.1 is repeated (idempotent), 1.1 again, 1.1 fails, back 1, stuck at step 1",
    },
    Case {
        sentence: "A rollback item that fails after its retries stops rollback there; it can be tried again.",
        plan: "procedure\nrun undo\nrun undo undo retries=1",
        script: "2.1 fails, 2.1 fails, 2.rollback.1 fails, 2.rollback.1 fails, rollback --retry",
        told: "1.1, step 1 succeeds, 2.1, 2.1 fails, 2.1 again, 2.1 fails, back 2 1, 2.rollback.1, \
               2.rollback.1 fails, 2.rollback.1 again, 2.rollback.1 fails, stuck at 2.rollback.1, \
               2.rollback.1 again, 2.rollback.2, 2 undone, 1.rollback.1, 1 undone, procedure.1, failed",
    },
    Case {
        sentence: "Tried again it has all its retries.",
        plan: "\nrun undo retries=1",
        script: "1.1 is not there, 1.rollback.1 fails, 1.rollback.1 fails, 1.rollback.1 fails, rollback --retry",
        told: "1.1, 1.1 fails, back 1, 1.rollback.1, 1.rollback.1 fails, 1.rollback.1 again, 1.rollback.1 fails, \
               stuck at 1.rollback.1, 1.rollback.1 again, 1.rollback.1 fails, 1.rollback.1 again, 1 undone, failed",
    },
    Case {
        sentence: "The step can be skipped, and the next failure stops rollback again.",
        plan: "procedure\nrun undo\nrun undo undo",
        script: "2.1 fails, 2.rollback.1 fails, 1.rollback.1 fails, rollback --skip 2",
        told: "1.1, step 1 succeeds, 2.1, 2.1 fails, back 2 1, 2.rollback.1, 2.rollback.1 fails, \
               stuck at 2.rollback.1, 2 left, 1.rollback.1, 1.rollback.1 fails, stuck at 1.rollback.1",
    },
    Case {
        sentence: "Keep-going leaves whatever fails.",
        plan: "procedure\nrun undo\nrun undo undo",
        script: "2.1 fails, 2.rollback.1 fails, 1.rollback.1 fails, procedure.1 fails, rollback --keep-going",
        told: "1.1, step 1 succeeds, 2.1, 2.1 fails, back 2 1, 2.rollback.1, 2.rollback.1 fails, \
               stuck at 2.rollback.1, 2 left, 1.rollback.1, 1.rollback.1 fails, 1 left, procedure.1, \
               procedure.1 fails, failed",
    },
    Case {
        sentence: "A Procedure that fails stops, too, and can be skipped.",
        plan: "procedure procedure\nrun undo",
        script: "1.1 fails, procedure.1 fails, rollback --skip procedure",
        told: "1.1, 1.1 fails, back 1, 1.rollback.1, 1 undone, procedure.1, procedure.1 fails, stuck at procedure.1, \
               failed",
    },
    Case {
        sentence: "A manual rollback item parks; rejected, it is stuck; tried again, it is asked again.",
        plan: "\nrun ask-undo undo",
        script: "1.1 fails, reject 1.rollback.1, rollback --retry, confirm 1.rollback.1",
        told: "1.1, 1.1 fails, back 1, 1.rollback.1?, parks: 1.rollback.1, 1.rollback.1 is rejected, \
               stuck at 1.rollback.1, 1.rollback.1?, parks: 1.rollback.1, 1.rollback.1 is confirmed, 1.rollback.2, \
               1 undone, failed",
    },
    Case {
        sentence: "To resume a stuck run changes nothing.",
        plan: "\nrun undo",
        script: "1.1 fails, 1.rollback.1 fails, resume",
        told: "1.1, 1.1 fails, back 1, 1.rollback.1, 1.rollback.1 fails, stuck at 1.rollback.1, resumed",
    },
];

const RESUMED: &[Case] = &[
    Case {
        sentence: "Finished actions are never run again, and prerequisites are not repeated.",
        plan: "prerequisite\nrun run idempotent none\nrun none",
        script: "1.2 is cut off",
        told: "prerequisites.1, 1.1, 1.2, resumed, 1.2 is repeated (idempotent), 1.2 again, step 1 succeeds, 2.1, \
               step 2 succeeds, succeeded",
    },
    Case {
        sentence: "If it was its step's last and Verification passes, it counts as done, even if it may be repeated.",
        plan: "\nrun run check check undo idempotent",
        script: "1.2 is cut off",
        told: "1.1, 1.2, resumed, 1.verify.1, 1.verify.2, 1.2 counts as done (verified), step 1 succeeds, succeeded",
    },
    Case {
        sentence: "If Verification does not pass, it is repeated where the step says Idempotent, and verified anew.",
        plan: "\nrun check check undo idempotent",
        script: "1.1 is cut off, 1.verify.2 fails",
        told: "1.1, resumed, 1.verify.1, 1.verify.2, 1.verify.2 fails, 1.1 is repeated (idempotent), 1.1 again, \
               1.verify.1 again, 1.verify.2 again, step 1 succeeds, succeeded",
    },
    Case {
        sentence: "Else the run parks and asks: it is done, and checks that did not pass are repeated,",
        plan: "\nrun check undo",
        script: "1.1 is cut off, 1.verify.1 fails, resume --done",
        told: "1.1, resumed, 1.verify.1, 1.verify.1 fails, parks: 1.1 unknown, resumed, 1.1 counts as done (told), \
               1.verify.1 again, step 1 succeeds, succeeded",
    },
    Case {
        sentence: "or it is to be repeated,",
        plan: "\nrun undo",
        script: "1.1 is cut off, resume --retry",
        told: "1.1, resumed, parks: 1.1 unknown, resumed, 1.1 is repeated (told), 1.1 again, step 1 succeeds, \
               succeeded",
    },
    Case {
        sentence: "or undone.",
        plan: "\nrun undo\nrun undo",
        script: "2.1 is cut off, resume --rollback",
        told: "1.1, step 1 succeeds, 2.1, resumed, parks: 2.1 unknown, back 2 1, 2.rollback.1, 2 undone, \
               1.rollback.1, 1 undone, failed",
    },
    Case {
        sentence: "Only the last action is settled by Verification.",
        plan: "\nrun run check undo",
        script: "1.1 is cut off",
        told: "1.1, resumed, parks: 1.1 unknown",
    },
    Case {
        sentence: "A Verification with a manual check settles nothing.",
        plan: "\nrun check ask-check undo",
        script: "1.1 is cut off",
        told: "1.1, resumed, parks: 1.1 unknown",
    },
    Case {
        sentence: "A check without an outcome is repeated.",
        plan: "prerequisite criterion\nrun check undo",
        script: "prerequisites.1 is cut off, 1.verify.1 is cut off, criteria.1 is stopped, resume",
        told: "prerequisites.1, resumed, prerequisites.1 again, 1.1, 1.verify.1, resumed, 1.verify.1 again, \
               step 1 succeeds, criteria.1, criteria.1 is stopped, suspended, resumed, criteria.1 again, succeeded",
    },
    Case {
        sentence: "A crash while an unknown action is verified repeats the check.",
        plan: "\nrun check undo",
        script: "1.1 is cut off, 1.verify.1 is cut off",
        told: "1.1, resumed, 1.verify.1, resumed, 1.verify.1 again, 1.1 counts as done (verified), step 1 succeeds, \
               succeeded",
    },
    Case {
        sentence: "A crash during rollback resumes the rollback; there Verification settles nothing.",
        plan: "\nrun undo\nrun check undo",
        script: "2.1 fails, 2.rollback.1 is cut off, resume --done",
        told: "1.1, step 1 succeeds, 2.1, 2.1 fails, back 2 1, 2.rollback.1, resumed, parks: 2.rollback.1 unknown, \
               resumed, 2.rollback.1 counts as done (told), 2 undone, 1.rollback.1, 1 undone, failed",
    },
    Case {
        sentence: "With Idempotent it is repeated.",
        plan: "\nrun undo undo idempotent",
        script: "1.1 fails, 1.rollback.2 is cut off",
        told: "1.1, 1.1 fails, back 1, 1.rollback.1, 1.rollback.2, resumed, 1.rollback.2 is repeated (idempotent), \
               1.rollback.2 again, 1 undone, failed",
    },
    Case {
        sentence: "An item of the Procedure is of no step, so a person is asked.",
        plan: "procedure\nrun undo idempotent",
        script: "1.1 fails, procedure.1 is cut off, resume --retry",
        told: "1.1, 1.1 fails, back 1, 1.rollback.1, 1 undone, procedure.1, resumed, parks: procedure.1 unknown, \
               resumed, procedure.1 is repeated (told), procedure.1 again, failed",
    },
    Case {
        sentence: "All that was in flight is unknown.",
        plan: "jobs=2 free\nrun undo\nrun check undo",
        script: "1.1 is cut off, resume --retry",
        told: "1.1, 2.1, resumed, 2.verify.1, 2.1 counts as done (verified), step 2 succeeds, parks: 1.1 unknown, \
               resumed, 1.1 is repeated (told), 1.1 again, step 1 succeeds, succeeded",
    },
    Case {
        sentence: "A check that failed when it probed does not count as the first failure later.",
        plan: "jobs=2 free\nrun check undo\nrun undo",
        script: "1.1 is cut off, 1.verify.1 fails, resume --retry, 2.1 fails, 1.verify.1 fails",
        told: "1.1, 2.1, resumed, 1.verify.1, 1.verify.1 fails, parks: 1.1 unknown 2.1 unknown, resumed, \
               1.1 is repeated (told), 2.1 is repeated (told), 1.1 again, 2.1 again, 1.1 ends, 1.verify.1 again, \
               2.1 fails, 1.verify.1 fails, back 2 1, 2.rollback.1, 2 undone, 1.rollback.1, 1 undone, failed",
    },
    Case {
        sentence: "A manual item waits on.",
        plan: "\nask none",
        script: "resume, confirm 1.1",
        told: "1.1?, parks: 1.1, resumed, parks: 1.1, 1.1 is confirmed, step 1 succeeds, succeeded",
    },
];

fn hold(cases: &[Case]) {
    for case in cases {
        let told = script::told(case.plan, case.script);
        assert_eq!(told, case.told, "{}\n{}", case.sentence, case.plan);
    }
}

#[test]
fn the_way_forward_is_as_promised() {
    hold(FORWARD);
}

#[test]
fn the_way_back_is_as_promised() {
    hold(BACK);
}

#[test]
fn rollback_stops_as_promised() {
    hold(STUCK);
}

#[test]
fn resuming_is_as_promised() {
    hold(RESUMED);
}
