//! How reports about plans and runs look: tones and signs that the view can show, and lines that fit it.

use anstyle::AnsiColor;
use anstyle::Style;
use textwrap::Options;
use textwrap::WordSeparator;
use textwrap::WordSplitter;
use textwrap::WrapAlgorithm;
use textwrap::core::display_width;

use crate::printable;
use crate::report::View;
use crate::report::tame::RESET;

/// Text is not wrapped narrower than this.
const NARROWEST: usize = 24;

/// How things look.
#[derive(Debug, Clone, Copy)]
pub struct Theme {
    /// With colours.
    pub color: bool,
    unicode: bool,
    width: usize,
}

/// What a text is, as its colour tells beside its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// A heading.
    Strong,
    /// Beside the point.
    Faint,
    /// A name that can be typed.
    Name,
    /// It went well.
    Good,
    /// It went wrong.
    Bad,
    /// A person is wanted.
    Attention,
}

/// A sign at the beginning of a line, or within it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// It begins.
    Start,
    /// It is done.
    Done,
    /// It failed.
    Failed,
    /// A person is asked.
    Asked,
    /// There was nothing to do.
    Passed,
    /// It is as nobody wanted it.
    Attention,
    /// Stands before what is quoted.
    Gutter,
    /// Stands where a text is cut.
    Cut,
}

impl Theme {
    /// The theme of a view.
    #[must_use]
    pub fn of(view: &View) -> Self {
        Self {
            color: view.color,
            unicode: view.unicode,
            width: view.width,
        }
    }

    /// A text in its tone.
    #[must_use]
    pub fn paint(self, tone: Tone, text: &str) -> String {
        let style = match tone {
            _ if !self.color || text.is_empty() => return text.to_owned(),
            Tone::Strong => Style::new().bold(),
            Tone::Faint => Style::new().dimmed(),
            Tone::Name => AnsiColor::Cyan.on_default(),
            Tone::Good => AnsiColor::Green.on_default().bold(),
            Tone::Bad => AnsiColor::Red.on_default().bold(),
            Tone::Attention => AnsiColor::Yellow.on_default().bold(),
        };
        format!("{style}{text}{style:#}")
    }

    /// A sign, one column wide.
    #[must_use]
    pub fn sign(self, sign: Sign) -> &'static str {
        let (unicode, ascii) = match sign {
            Sign::Start => ("▸", ">"),
            Sign::Done => ("✓", "+"),
            Sign::Failed => ("✗", "x"),
            Sign::Asked => ("?", "?"),
            Sign::Passed => ("-", "-"),
            Sign::Attention => ("!", "!"),
            Sign::Gutter => ("│", "|"),
            Sign::Cut => ("…", "~"),
        };
        if self.unicode { unicode } else { ascii }
    }

    /// A sign in its tone.
    #[must_use]
    pub fn mark(self, sign: Sign) -> String {
        let tone = match sign {
            Sign::Done => Tone::Good,
            Sign::Failed => Tone::Bad,
            Sign::Asked | Sign::Attention => Tone::Attention,
            Sign::Start | Sign::Passed | Sign::Gutter | Sign::Cut => Tone::Faint,
        };
        self.paint(tone, self.sign(sign))
    }

    /// A paragraph in lines that fit, the first one after `first`, the others below its text. Words are not broken:
    /// they may be commands and paths.
    #[must_use]
    pub fn wrapped(self, first: &str, text: &str) -> String {
        if text.is_empty() {
            return format!("{}\n", first.trim_end());
        }
        let indent = " ".repeat(display_width(first));
        let options = Options::new(self.width.max(indent.len() + NARROWEST))
            .initial_indent(first)
            .subsequent_indent(&indent)
            .break_words(false)
            .word_separator(WordSeparator::AsciiSpace)
            .word_splitter(WordSplitter::NoHyphenation)
            .wrap_algorithm(WrapAlgorithm::FirstFit);
        let mut lines = String::new();
        let mut style = String::new();
        for line in textwrap::wrap(text, options) {
            let line = line.trim_end();
            let blanks = line.len() - line.trim_start().len();
            lines.push_str(&line[..blanks]);
            lines.push_str(&style);
            lines.push_str(&line[blanks..]);
            carry(&mut style, line);
            lines.push_str(if style.is_empty() { "" } else { RESET });
            lines.push('\n');
        }
        lines
    }

    /// A text on one line, cut so that it leaves `taken` columns of the width free.
    #[must_use]
    pub fn cut(self, text: &str, taken: usize) -> String {
        self.shortened(text, self.width.saturating_sub(taken).max(NARROWEST))
    }

    /// A text on one line, cut so that it takes at most so many columns.
    #[must_use]
    pub fn shortened(self, text: &str, room: usize) -> String {
        let mut cut = String::new();
        let mut width = 0;
        // Where the last character that leaves room for the sign ends.
        let mut end = 0;
        for c in text.chars() {
            width += display_width(c.encode_utf8(&mut [0; 4]));
            if width > room {
                cut.truncate(end);
                let sign = if room == 0 { "" } else { self.sign(Sign::Cut) };
                return format!("{}{sign}", cut.trim_end());
            }
            cut.push(c);
            if width < room {
                end = cut.len();
            }
        }
        cut
    }

    /// Whether it has signs beyond ASCII.
    #[must_use]
    pub fn has_unicode(self) -> bool {
        self.unicode
    }

    /// Lines behind a gutter, as they stand but for what could steer a terminal.
    #[must_use]
    pub fn quoted(self, indent: &str, text: &str) -> String {
        let gutter = self.mark(Sign::Gutter);
        let text = printable::printable(text);
        let mut lines = String::new();
        for line in text.lines() {
            let space = if line.is_empty() { "" } else { " " };
            lines.push_str(&format!("{indent}{gutter}{space}{line}\n"));
        }
        lines
    }
}

/// Keep the styles that hold at the end of a line, for the next one.
fn carry(style: &mut String, line: &str) {
    for part in line.split('\u{1b}').skip(1) {
        let sequence = part.split_once('m').map_or(part, |(sequence, _)| sequence);
        match sequence {
            "[0" => style.clear(),
            sequence => style.push_str(&format!("\u{1b}{sequence}m")),
        }
    }
}

/// A text filled up with blanks to so many columns.
#[must_use]
pub fn padded(text: &str, width: usize) -> String {
    let blanks = width.saturating_sub(display_width(text));
    format!("{text}{}", " ".repeat(blanks))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn theme(width: usize) -> Theme {
        Theme {
            color: false,
            unicode: true,
            width,
        }
    }

    #[test]
    fn paragraphs_hang_below_their_first_line() {
        assert_eq!(
            theme(31).wrapped("  1.1  ", "Tell the people who wait for it"),
            "  1.1  Tell the people who wait\n       for it\n"
        );
        let long = "https://example.org/a/path/that-is-wider-than-all";
        assert_eq!(
            theme(30).wrapped("- ", &format!("See {long}")),
            format!("- See\n  {long}\n")
        );
        assert_eq!(theme(30).wrapped("- ", ""), "-\n");
    }

    #[test]
    fn no_line_ends_in_a_colour() {
        let theme = Theme {
            color: true,
            unicode: true,
            width: 26,
        };
        let text = theme.paint(Tone::Bad, "Tell the people who wait for it");
        assert_eq!(
            theme.wrapped("- ", &format!("{text} now")),
            "- \u{1b}[1m\u{1b}[31mTell the people who wait\u{1b}[0m\n  \u{1b}[1m\u{1b}[31mfor it\u{1b}[0m now\n"
        );
    }

    #[test]
    fn long_texts_are_cut_by_columns() {
        assert_eq!(
            theme(30).cut("short enough for this", 2),
            "short enough for this"
        );
        assert_eq!(
            theme(30).cut("漢字漢字漢字漢字漢字漢字漢字漢字", 2),
            "漢字漢字漢字漢字漢字漢字漢…"
        );
    }

    #[test]
    fn what_is_quoted_steers_nothing() {
        assert_eq!(
            theme(30).quoted("  ", "a\u{1b}[2J\n\n\tb"),
            "  │ a\u{241b}[2J\n  │\n  │ \tb\n"
        );
    }
}
