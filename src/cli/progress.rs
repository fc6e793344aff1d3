//! How far long work is, shown on a terminal.

use std::sync::OnceLock;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::time::Duration;

use indicatif::ProgressBar;
use indicatif::ProgressDrawTarget;
use indicatif::ProgressStyle;

/// Work that takes longer than this shows how far it is.
const PATIENCE: Duration = Duration::from_secs(1);

/// A bar that is made when the work has proved long.
pub struct Progress {
    total: usize,
    done: AtomicUsize,
    /// Empty until then, and `None` where there is no terminal: that is asked for once.
    bar: OnceLock<Option<ProgressBar>>,
}

impl Progress {
    /// Of so many documents none is done.
    pub fn new(total: usize) -> Self {
        Self {
            total,
            done: AtomicUsize::new(0),
            bar: OnceLock::new(),
        }
    }

    /// One document more is done, so long after the first was begun. `terminal` gives the place to show it: if that
    /// is no terminal after all, there is no bar.
    pub fn advance(&self, elapsed: Duration, terminal: impl Fn() -> ProgressDrawTarget) {
        self.done.fetch_add(1, Ordering::Relaxed);
        let bar = if elapsed > PATIENCE {
            Some(self.bar.get_or_init(|| self.shown_on(terminal())))
        } else {
            self.bar.get()
        };
        if let Some(Some(bar)) = bar {
            bar.set_position(self.done.load(Ordering::Relaxed) as u64);
        }
    }

    fn shown_on(&self, terminal: ProgressDrawTarget) -> Option<ProgressBar> {
        if terminal.is_hidden() {
            return None;
        }
        let style = ProgressStyle::with_template("{bar:30} {pos} of {len} documents")
            .expect("the template is valid");
        let bar = ProgressBar::with_draw_target(Some(self.total as u64), terminal);
        Some(bar.with_style(style))
    }

    /// All is done: nothing of the bar stays.
    pub fn end(&self) {
        if let Some(Some(bar)) = self.bar.get() {
            bar.finish_and_clear();
        }
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
    fn what_is_no_terminal_shows_no_bar_and_is_asked_once() {
        let asked = AtomicUsize::new(0);
        let terminal = || {
            asked.fetch_add(1, Ordering::Relaxed);
            ProgressDrawTarget::hidden()
        };
        let progress = Progress::new(2);
        progress.advance(PATIENCE * 2, terminal);
        progress.advance(PATIENCE * 2, terminal);
        progress.end();
        assert!(matches!(progress.bar.get(), Some(None)));
        assert_eq!(asked.into_inner(), 1);
    }
}
