//! The output of commands as prefixed lines. What one command writes is shown at once, an unfinished line too; where
//! several write, lines are shown when they are whole, so that none stands within another.

use std::collections::BTreeMap;

use crate::plan::ItemId;
use crate::report::tame;
use crate::report::tame::RESET;
use crate::report::tame::Tame;
use crate::report::theme::Sign;
use crate::report::theme::Theme;
use crate::report::theme::Tone;

/// An unfinished line that is longer, in bytes, is shown.
const LONGEST_LINE: usize = 64 << 10;
/// More characters of a line than this are wider than any terminal.
const LONGEST_SAID: usize = 500;

/// What commands that run have written.
#[derive(Debug)]
pub struct Lines {
    theme: Theme,
    streams: BTreeMap<ItemId, Stream>,
    /// The command whose unfinished line is on the screen.
    open: Option<ItemId>,
    /// Whether lines say whose they are.
    pub is_tagged: bool,
    /// Whether only whole lines are shown: what stands below them must begin on a line of its own.
    pub is_whole: bool,
}

#[derive(Debug)]
struct Stream {
    tame: Tame,
    /// What is not shown yet: an unfinished line.
    held: String,
    /// The last line that says something, finished or not, without its styles.
    said: String,
    is_silent: bool,
}

impl Lines {
    /// No command runs.
    pub fn new(theme: Theme) -> Self {
        Self {
            theme,
            streams: BTreeMap::new(),
            open: None,
            is_tagged: false,
            is_whole: false,
        }
    }

    /// A command starts.
    pub fn start(&mut self, item: ItemId) {
        let stream = Stream {
            tame: Tame::new(self.theme.color),
            held: String::new(),
            said: String::new(),
            is_silent: true,
        };
        self.streams.insert(item, stream);
    }

    /// A command wrote this; what is to be shown.
    pub fn take(&mut self, item: ItemId, bytes: &[u8]) -> String {
        if !self.streams.contains_key(&item) {
            self.start(item);
        }
        let is_alone = self.streams.len() == 1 && !self.is_whole;
        let Some(stream) = self.streams.get_mut(&item) else {
            return String::new();
        };
        stream.is_silent &= bytes.is_empty();
        stream.held.push_str(&stream.tame.take(bytes));
        if self.is_whole {
            stream.remember();
        }
        let end = if is_alone || stream.held.len() > LONGEST_LINE {
            stream.held.len()
        } else {
            stream.held.rfind('\n').map_or(0, |end| end + 1)
        };
        let shown: String = stream.held.drain(..end).collect();
        let text = self.prefixed(item, &shown);
        if self.is_whole {
            text + &self.close()
        } else {
            text
        }
    }

    /// The last line that a command wrote and that says something.
    pub fn said(&self, item: ItemId) -> &str {
        self.streams.get(&item).map_or("", |stream| &stream.said)
    }

    /// A command is over: the rest of what it wrote, and whether it wrote nothing at all.
    pub fn finish(&mut self, item: ItemId) -> (String, bool) {
        let Some(mut stream) = self.streams.remove(&item) else {
            return (self.close(), true);
        };
        let mut rest = std::mem::take(&mut stream.held);
        rest.push_str(&stream.tame.finish());
        let mut text = self.prefixed(item, &rest);
        if self.open == Some(item) {
            self.open = None;
            text.push_str(&end(&stream.tame));
        }
        (text, stream.is_silent)
    }

    /// What is held back of the one command that still runs.
    pub fn release(&mut self) -> String {
        match self.streams.first_key_value() {
            Some((&item, _)) if self.streams.len() == 1 && !self.is_whole => self.take(item, b""),
            _ => String::new(),
        }
    }

    /// End an unfinished line, so that something else can be written.
    pub fn close(&mut self) -> String {
        let open = self.open.take();
        let stream = open.and_then(|item| self.streams.get(&item));
        match (open, stream) {
            (Some(_), Some(stream)) => end(&stream.tame),
            (Some(_), None) => "\n".to_owned(),
            (None, _) => String::new(),
        }
    }

    /// Forget all commands: none runs any more.
    pub fn clear(&mut self) -> String {
        let items: Vec<ItemId> = self.streams.keys().copied().collect();
        items
            .into_iter()
            .map(|item| self.finish(item).0)
            .collect::<String>()
            + &self.close()
    }

    fn prefixed(&mut self, item: ItemId, shown: &str) -> String {
        let mut text = String::new();
        if !shown.is_empty() && self.open != Some(item) {
            text.push_str(&self.close());
        }
        for line in shown.split_inclusive('\n') {
            if self.open != Some(item) {
                text.push_str(&self.prefix(item));
                text.push_str(if line == "\n" { "" } else { " " });
            }
            text.push_str(line);
            self.open = (!line.ends_with('\n')).then_some(item);
        }
        text
    }

    fn prefix(&self, item: ItemId) -> String {
        let gutter = self.theme.mark(Sign::Gutter);
        if self.is_tagged {
            let name = self.theme.paint(Tone::Faint, &item.to_string());
            format!("    {name} {gutter}")
        } else {
            format!("    {gutter}")
        }
    }
}

impl Stream {
    fn remember(&mut self) {
        let lines = self.held.lines().rev().map(tame::plain);
        let said = lines.map(|line| line.trim().chars().take(LONGEST_SAID).collect());
        if let Some(said) = { said }.find(|line: &String| !line.is_empty()) {
            self.said = said;
        }
    }
}

fn end(tame: &Tame) -> String {
    let reset = if tame.is_styled() { RESET } else { "" };
    format!("{reset}\n")
}
