//! A command that runs, on one line below all others: how long it takes, and what it said last.

use std::time::Duration;

use textwrap::core::display_width;

use crate::plan::ItemId;
use crate::printable;
use crate::report::View;
use crate::report::theme::Sign;
use crate::report::theme::Theme;
use crate::report::theme::Tone;
use crate::report::wording;
use crate::run::Run;

/// A frame of the spinner is shown so long.
pub const TICK: Duration = Duration::from_millis(100);

/// What a command said is not shown in fewer columns.
const LEAST: usize = 8;

/// The spinner's frames.
const UNICODE: [&str; 10] = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const ASCII: [&str; 4] = ["|", "/", "-", "\\"];

/// What does not change of a command's line.
#[derive(Debug, Clone)]
pub struct Status {
    theme: Theme,
    item: ItemId,
    title: String,
}

impl Status {
    /// Of an item of a run.
    #[must_use]
    pub fn new(run: &Run, item: ItemId, view: &View) -> Self {
        let title = run.plan.item(item).map_or("", |item| &item.title);
        Self {
            theme: Theme::of(view),
            item,
            title: printable::one_line(title),
        }
    }

    /// The line, at most so many columns wide; without the time it took and what was said where there is no room.
    #[must_use]
    pub fn line(&self, passed: Duration, said: &str, width: usize) -> String {
        let theme = self.theme;
        let millis = u64::try_from(passed.as_millis()).unwrap_or(u64::MAX);
        let frames: &[&str] = if theme.has_unicode() {
            &UNICODE
        } else {
            &ASCII
        };
        let frame = millis / TICK.as_millis() as u64 % frames.len() as u64;
        let frame = frames[frame as usize];
        // Whole seconds: tenths would only flicker.
        let time = wording::took(millis / 1000 * 1000);
        let time = if millis < 1000 { String::new() } else { time };
        let item = self.item.to_string();
        let taken = item.len() + 7 + if time.is_empty() { 0 } else { time.len() + 2 };
        let room = width.saturating_sub(taken);
        // What is said gets as much as it needs, at most a half, and nothing where that says nothing.
        let half = room / 2;
        let wanted = match said {
            "" => 0,
            _ if half < LEAST => 0,
            said => half.min(display_width(said) + 3),
        };
        let title = theme.shortened(&self.title, room - wanted);
        let mut line = format!("  {} {item}  {title}", theme.paint(Tone::Name, frame));
        if !time.is_empty() {
            line.push_str(&format!("  {}", theme.paint(Tone::Faint, &time)));
        }
        if wanted > 0 {
            let said = theme.shortened(said, room - display_width(&title) - 3);
            let said = theme.paint(Tone::Faint, &said);
            line.push_str(&format!(" {} {said}", theme.mark(Sign::Gutter)));
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(title: &str, unicode: bool) -> Status {
        Status {
            theme: Theme::of(&View {
                color: false,
                links: false,
                unicode,
                width: 80,
                summary: false,
                failing: None,
                current: std::path::PathBuf::new(),
                tops: Vec::new(),
            }),
            item: "2.1".parse().expect("an item"),
            title: title.to_owned(),
        }
    }

    #[test]
    fn a_line_tells_what_runs_how_long_and_what_it_said() {
        let status = status("Copy the pages", true);
        let line = |millis, said, width| status.line(Duration::from_millis(millis), said, width);
        assert_eq!(line(0, "", 80), "  ⠋ 2.1  Copy the pages");
        assert_eq!(line(100, "page 3", 80), "  ⠙ 2.1  Copy the pages │ page 3");
        assert_eq!(
            line(61_250, "page 3", 80),
            "  ⠹ 2.1  Copy the pages  1m 1s │ page 3"
        );
        assert_eq!(
            line(12_000, "page 3 of 100", 40),
            "  ⠋ 2.1  Copy the pag…  12s │ page 3 o…"
        );
        assert_eq!(line(12_000, "page 3", 24), "  ⠋ 2.1  Copy the…  12s");
    }

    #[test]
    fn no_line_is_wider_than_it_may_be() {
        for (title, said) in [
            ("Copy the pages", "page 3"),
            (
                "漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字",
                "漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字",
            ),
            ("", "x"),
            ("a", ""),
            ("👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀", "é́é́é́"),
        ] {
            for width in 20..=160 {
                for millis in [0, 1000, 3_600_000] {
                    let line = status(title, true).line(Duration::from_millis(millis), said, width);
                    assert!(display_width(&line) <= width, "{width}: {line}");
                }
            }
        }
    }

    #[test]
    fn it_is_ascii_where_nothing_else_is_shown() {
        let line = status("Copy the pages of all", false).line(Duration::from_secs(1), "a b c", 32);
        assert!(line.is_ascii(), "{line}");
    }
}
