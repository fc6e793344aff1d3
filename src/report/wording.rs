//! The words in which plans and runs are told: durations, moments, names of steps, and how commands end.

use std::time::Duration;

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;

use crate::event::Outcome;
use crate::plan::Plan;
use crate::printable;

/// How long something took, as exact as a person wants it: `40ms`, `1.4s`, `12s`, `3m 12s`, `2h 5m`, `3d 2h`.
#[must_use]
pub fn took(milliseconds: u64) -> String {
    let tenths = milliseconds.saturating_add(50) / 100;
    let seconds = milliseconds.saturating_add(500) / 1000;
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match seconds {
        _ if milliseconds < 1000 => format!("{milliseconds}ms"),
        _ if tenths < 100 => format!("{}.{}s", tenths / 10, tenths % 10),
        0..60 => format!("{seconds}s"),
        60..3600 => format!("{minutes}m {}s", seconds % 60),
        3600..86_400 => format!("{hours}h {}m", minutes % 60),
        _ => format!("{days}d {}h", hours % 24),
    }
}

/// The time between two moments; none where the clock was set back meanwhile.
#[must_use]
pub fn between(start: DateTime<Utc>, end: DateTime<Utc>) -> String {
    let passed = (end - start).max(TimeDelta::zero());
    took(u64::try_from(passed.num_milliseconds()).unwrap_or(0))
}

/// A duration as it was configured: `10m`, `1m 30s`.
#[must_use]
pub fn configured(milliseconds: u64) -> String {
    humantime::format_duration(Duration::from_millis(milliseconds)).to_string()
}

/// A moment in full.
#[must_use]
pub fn moment(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// The time of the day.
#[must_use]
pub fn clock(time: DateTime<Utc>) -> String {
    time.format("%H:%M:%S").to_string()
}

/// `Step 2: Publish`, after this word.
#[must_use]
pub fn step(word: &str, plan: &Plan, number: u32) -> String {
    let name = plan.step(number).map_or("", |step| step.name.as_str());
    let name = printable::one_line(name);
    if name.is_empty() {
        format!("{word} {number}")
    } else {
        format!("{word} {number}: {name}")
    }
}

/// `step 2`, `steps 4 and 2`, `steps 9 to 1`, `steps 9 to 5 and 2`; empty for none. Only neighbours in counting, up
/// or down, are put together, so the order is told too.
#[must_use]
pub fn steps(numbers: &[u32]) -> String {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for (at, &number) in numbers.iter().enumerate() {
        let joins = runs.last().is_some_and(|&(first, last)| {
            let direction = i64::from(number) - i64::from(last);
            direction.abs() == 1 && (first == last || (last > first) == (direction > 0))
        });
        match runs.last_mut().filter(|_| at > 0 && joins) {
            Some(run) => run.1 = number,
            None => runs.push((number, number)),
        }
    }
    let parts: Vec<String> = runs
        .into_iter()
        .flat_map(|(first, last)| match first.abs_diff(last) {
            0 => vec![first.to_string()],
            1 => vec![first.to_string(), last.to_string()],
            _ => vec![format!("{first} to {last}")],
        })
        .collect();
    match numbers {
        [] => String::new(),
        [_] => format!("step {}", parts[0]),
        _ => format!("steps {}", listed(&parts)),
    }
}

/// `a`, `a and b`, `a, b and c`.
#[must_use]
pub fn listed(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}

/// How long ago something was: `12s ago`, `2h 5m ago`, `3 days ago`.
#[must_use]
pub fn ago(time: DateTime<Utc>, now: DateTime<Utc>) -> String {
    match (now - time).num_days() {
        ..=0 => format!("{} ago", between(time, now)),
        1 => "1 day ago".to_owned(),
        days => format!("{days} days ago"),
    }
}

/// How a command failed, in a few words, with how long it took.
#[must_use]
pub fn ended(outcome: &Outcome, duration_ms: u64) -> String {
    let words = match outcome {
        Outcome::Succeeded => "done".to_owned(),
        Outcome::Failed { status } => failed(*status),
        Outcome::Killed { signal } => format!("killed by {}", signal_name(*signal)),
        Outcome::TimedOut { after_ms } => {
            return format!(
                "timed out: not over after {}, so it was ended",
                configured(*after_ms)
            );
        }
        Outcome::AskedTerminal => {
            "ended because it asked the terminal, which no command has,".to_owned()
        }
        Outcome::Interrupted => "interrupted".to_owned(),
        Outcome::NotStarted { .. } => return "could not be started".to_owned(),
        Outcome::Unexpected { .. } => {
            return format!(
                "exit status 0 after {}, but it printed something else than the document says",
                took(duration_ms)
            );
        }
        Outcome::BadOutput { .. } => {
            return format!(
                "exit status 0 after {}, but what it wrote to WF_OUTPUT cannot be taken",
                took(duration_ms)
            );
        }
    };
    format!("{words} after {}", took(duration_ms))
}

/// An exit status, with what shells mean by it.
fn failed(status: i32) -> String {
    match status {
        126 => "exit status 126 (found, but not executable)".to_owned(),
        127 => "exit status 127 (command not found)".to_owned(),
        129..=143 => format!(
            "exit status {status}, as after {}",
            signal_name(status - 128)
        ),
        _ => format!("exit status {status}"),
    }
}

/// A signal by number and name, for those that have one number on every system.
fn signal_name(signal: i32) -> String {
    let name = match signal {
        1 => "HUP",
        2 => "INT",
        3 => "QUIT",
        4 => "ILL",
        6 => "ABRT",
        8 => "FPE",
        9 => "KILL",
        11 => "SEGV",
        13 => "PIPE",
        14 => "ALRM",
        15 => "TERM",
        _ => return format!("signal {signal}"),
    };
    format!("signal {signal} (SIG{name})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_as_exact_as_a_person_wants_them() {
        let told: Vec<String> = [
            0,
            999,
            1000,
            9_949,
            9_950,
            59_499,
            59_500,
            3_599_499,
            3_599_500,
            86_399_499,
            86_399_500,
            u64::MAX,
        ]
        .into_iter()
        .map(took)
        .collect();
        assert_eq!(
            told.join(", "),
            "0ms, 999ms, 1.0s, 9.9s, 10s, 59s, 1m 0s, 59m 59s, 1h 0m, 23h 59m, 1d 0h, 213503982334d 14h"
        );
        let early = DateTime::UNIX_EPOCH;
        let late = early + TimeDelta::milliseconds(12_000);
        assert_eq!(
            (between(early, late), between(late, early)),
            ("12s".to_owned(), "0ms".to_owned())
        );
    }

    #[test]
    fn what_is_long_past_is_told_in_days() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(40);
        let ago = |seconds: i64| ago(now - TimeDelta::seconds(seconds), now);
        assert_eq!(ago(12), "12s ago");
        assert_eq!(ago(2 * 3600 + 300), "2h 5m ago");
        assert_eq!(ago(86_400), "1 day ago");
        assert_eq!(ago(3 * 86_400 - 1), "2 days ago");
        assert_eq!(ago(-5), "0ms ago", "a clock that was set back");
    }

    #[test]
    fn steps_are_listed_in_their_order() {
        for (numbers, words) in [
            (&[][..], ""),
            (&[4], "step 4"),
            (&[2, 1], "steps 2 and 1"),
            (&[9, 8, 7], "steps 9 to 7"),
            (&[9, 8, 7, 3, 1], "steps 9 to 7, 3 and 1"),
            (&[1, 2, 3, 2], "steps 1 to 3 and 2"),
            (&[5, 3, 4], "steps 5, 3 and 4"),
        ] {
            assert_eq!(steps(numbers), words);
        }
    }

    #[test]
    fn failures_are_told_as_shells_mean_them() {
        for (status, words) in [
            (1, "exit status 1"),
            (127, "exit status 127 (command not found)"),
            (137, "exit status 137, as after signal 9 (SIGKILL)"),
            (133, "exit status 133, as after signal 5"),
        ] {
            assert_eq!(failed(status), words);
        }
    }
}
