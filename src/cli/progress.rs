//! How far long work is, shown on a terminal.

use std::time::Duration;

use indicatif::ProgressBar;
use indicatif::ProgressDrawTarget;
use indicatif::ProgressStyle;

/// Work that takes longer than this shows how far it is.
const PATIENCE: Duration = Duration::from_secs(1);

/// A bar that is hidden until the work has proved long.
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// Of so many documents none is done.
    pub fn new(total: usize) -> Self {
        let bar = ProgressBar::with_draw_target(Some(total as u64), ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template("{bar:30} {pos} of {len} documents")
            .expect("the template is valid");
        bar.set_style(style);
        Self { bar }
    }

    /// One document more is done, so long after the first was begun. `terminal` gives the place to show it: if that
    /// is no terminal after all, the bar stays hidden.
    pub fn advance(&self, elapsed: Duration, terminal: impl Fn() -> ProgressDrawTarget) {
        if self.bar.is_hidden() && elapsed > PATIENCE {
            self.bar.set_draw_target(terminal());
        }
        self.bar.inc(1);
    }

    /// All is done: nothing of the bar stays.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Arc;
    use std::sync::Mutex;

    use indicatif::TermLike;

    use super::*;

    /// A terminal that remembers what is on its line.
    #[derive(Debug, Clone, Default)]
    struct Line(Arc<Mutex<String>>);

    impl Line {
        fn text(&self) -> String {
            self.0.lock().unwrap().trim().to_owned()
        }
    }

    impl TermLike for Line {
        fn width(&self) -> u16 {
            80
        }

        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn write_line(&self, text: &str) -> io::Result<()> {
            self.write_str(text)
        }

        fn write_str(&self, text: &str) -> io::Result<()> {
            self.0.lock().unwrap().push_str(text);
            Ok(())
        }

        fn clear_line(&self) -> io::Result<()> {
            self.0.lock().unwrap().clear();
            Ok(())
        }

        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn the_bar_shows_when_the_work_proves_long_and_goes_when_it_is_done() {
        let line = Line::default();
        let terminal = || ProgressDrawTarget::term_like(Box::new(line.clone()));
        let progress = Progress::new(3);
        progress.advance(PATIENCE, terminal);
        assert_eq!(line.text(), "");
        progress.advance(PATIENCE + Duration::from_millis(1), terminal);
        assert!(line.text().ends_with(" 2 of 3 documents"), "{line:?}");
        progress.advance(PATIENCE, terminal);
        assert!(line.text().ends_with(" 3 of 3 documents"), "{line:?}");
        progress.end();
        assert_eq!(line.text(), "");
    }

    #[test]
    fn what_is_no_terminal_shows_no_bar() {
        let progress = Progress::new(2);
        progress.advance(PATIENCE * 2, ProgressDrawTarget::hidden);
        progress.advance(PATIENCE * 2, ProgressDrawTarget::hidden);
        assert!(progress.bar.is_hidden() && progress.bar.position() == 2);
    }
}
