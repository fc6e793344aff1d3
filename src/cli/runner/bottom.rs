//! The last lines of a terminal, which are written again and again in their place.
#![expect(
    clippy::disallowed_methods,
    reason = "this is where the terminal is written to"
)]

use std::fmt::Write as _;
use std::io;
use std::io::Write as _;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use indicatif::TermLike;

use crate::cli::terminal;

/// Standard output as indicatif writes to it, but for one thing: it fills lines up to the terminal's edge and lets
/// them wrap. A key that is pressed then, such as Ctrl-C, is echoed on a further line, and those above could not be
/// taken back. Here a line ends where its text ends, and the next one begins with a line feed.
#[derive(Debug, Default)]
pub struct Bottom {
    text: Mutex<Text>,
}

/// What is not written yet.
#[derive(Debug, Default)]
struct Text {
    text: String,
    /// Whether the cursor stands behind a line's text.
    is_behind: bool,
}

impl Bottom {
    fn text(&self) -> MutexGuard<'_, Text> {
        self.text.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Move the cursor so often, in this direction.
    fn go(&self, count: usize, direction: char) {
        if count > 0 {
            let mut text = self.text();
            text.is_behind = false;
            // A string takes everything.
            let _ = write!(text.text, "\u{1b}[{count}{direction}");
        }
    }
}

impl TermLike for Bottom {
    fn width(&self) -> u16 {
        terminal::size().0
    }

    /// Half of the rows: what happens is told above.
    fn height(&self) -> u16 {
        (terminal::size().1 / 2).max(1)
    }

    fn move_cursor_up(&self, count: usize) -> io::Result<()> {
        self.go(count, 'A');
        Ok(())
    }

    fn move_cursor_down(&self, count: usize) -> io::Result<()> {
        self.go(count, 'B');
        Ok(())
    }

    fn move_cursor_right(&self, count: usize) -> io::Result<()> {
        self.go(count, 'C');
        Ok(())
    }

    fn move_cursor_left(&self, count: usize) -> io::Result<()> {
        self.go(count, 'D');
        Ok(())
    }

    fn write_line(&self, line: &str) -> io::Result<()> {
        self.write_str(line)?;
        let mut text = self.text();
        text.text.push('\n');
        text.is_behind = false;
        Ok(())
    }

    fn write_str(&self, line: &str) -> io::Result<()> {
        if line.chars().all(|c| c == ' ') {
            return Ok(());
        }
        let mut text = self.text();
        if text.is_behind {
            text.text.push('\n');
        }
        text.text.push_str(line);
        text.is_behind = true;
        Ok(())
    }

    fn clear_line(&self) -> io::Result<()> {
        let mut text = self.text();
        text.text.push_str("\r\u{1b}[2K");
        text.is_behind = false;
        Ok(())
    }

    fn flush(&self) -> io::Result<()> {
        let text = std::mem::take(&mut self.text().text);
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        out.flush()
    }
}
