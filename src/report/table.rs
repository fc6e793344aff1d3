//! A table for people: columns aligned by what a terminal shows, cut to its width.

use anstyle::Style;
use unicode_width::UnicodeWidthStr;

use crate::printable;

/// Columns between two cells.
const GAP: usize = 2;

/// A column.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// What stands above it.
    pub name: &'static str,
    /// Whether its cells stand at its right edge.
    pub is_number: bool,
    /// The width down to which it may be cut; `None` where it is never cut.
    pub least: Option<usize>,
    /// The order in which columns are left out of a terminal that is too narrow for all, the highest first; the
    /// last one that is left always stays.
    pub rank: u8,
}

/// A cell.
#[derive(Debug, Clone, Default)]
pub struct Cell {
    text: String,
    style: Style,
}

impl Cell {
    /// A cell with a text, made safe for a terminal.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self {
            text: printable::one_line(text),
            style: Style::new(),
        }
    }

    /// The cell in a style, where there are colours.
    #[must_use]
    pub fn styled(mut self, style: Style) -> Self {
        self.style = style;
        self
    }
}

/// What a table is shown on.
#[derive(Debug, Clone, Copy)]
pub struct Frame {
    /// With colours.
    pub color: bool,
    /// With characters that are not ASCII.
    pub unicode: bool,
    /// No line is wider than so many columns; `None` for any width.
    pub width: Option<usize>,
}

/// A table: its rows have a cell for each column.
#[derive(Debug)]
pub struct Table {
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    /// The table as text, a line a row.
    #[must_use]
    pub fn render(&self, frame: Frame) -> String {
        let shown = self.fitted(frame.width.unwrap_or(usize::MAX));
        let head: Vec<Cell> = self
            .columns
            .iter()
            .map(|column| Cell::new(column.name).styled(Style::new().bold()))
            .collect();
        let mut text = String::new();
        for row in std::iter::once(&head).chain(&self.rows) {
            let mut line = String::new();
            let mut written = 0;
            let mut due = 0;
            for &(at, width) in &shown {
                let cell = &row[at];
                let (cut, taken) = cut(&cell.text, width, frame.unicode);
                let indent = if self.columns[at].is_number {
                    width - taken
                } else {
                    0
                };
                if taken > 0 {
                    let style = if frame.color {
                        cell.style
                    } else {
                        Style::new()
                    };
                    line.push_str(&" ".repeat(due + indent - written));
                    line.push_str(&format!("{style}{cut}{style:#}"));
                    written = due + indent + taken;
                }
                due += width + GAP;
            }
            text.push_str(&line);
            text.push('\n');
        }
        text
    }

    /// The columns that are shown, each with its width.
    fn fitted(&self, width: usize) -> Vec<(usize, usize)> {
        let natural = |at: usize| {
            let cells = self.rows.iter().map(|row| row[at].text.width());
            let widest = cells.max().unwrap_or(0);
            widest.max(self.columns[at].name.width()).min(width)
        };
        let mut shown: Vec<(usize, usize)> = (0..self.columns.len())
            .map(|at| (at, natural(at)))
            .collect();
        loop {
            let taken = shown.iter().map(|(_, width)| width).sum::<usize>();
            let over = (taken + GAP * shown.len().saturating_sub(1)).saturating_sub(width);
            if over == 0 {
                return shown;
            }
            let is_cuttable =
                |&(at, width): &(usize, usize)| width > self.columns[at].least.unwrap_or(width);
            let widest = (0..shown.len())
                .filter(|&place| is_cuttable(&shown[place]))
                .max_by_key(|&place| shown[place].1);
            if let Some(place) = widest {
                shown[place].1 -= 1;
            } else if let [only] = &mut shown[..] {
                only.1 = width;
                return shown;
            } else {
                let last = shown.iter().map(|&(at, _)| self.columns[at].rank).max();
                let place = shown
                    .iter()
                    .rposition(|&(at, _)| Some(self.columns[at].rank) == last);
                shown.remove(place.expect("one of them is the highest"));
                // What was cut for the column that is gone gets its width back.
                for (at, width) in &mut shown {
                    *width = natural(*at);
                }
            }
        }
    }
}

/// A text cut to a width, and the width that is left of it.
fn cut(text: &str, width: usize, unicode: bool) -> (String, usize) {
    let whole = text.width();
    if whole <= width {
        return (text.to_owned(), whole);
    }
    let mark = if unicode { "…" } else { "~" };
    let room = width.saturating_sub(mark.width());
    let ends = text.char_indices().map(|(at, _)| at);
    // Wide characters count twice, and those of one emoji together: so each beginning is measured as a whole.
    let end = ends
        .take_while(|&end| text[..end].width() <= room)
        .last()
        .unwrap_or(0);
    let kept = format!("{}{mark}", text[..end].trim_end());
    let taken = kept.width();
    if taken > width {
        (String::new(), 0)
    } else {
        (kept, taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Frame = Frame {
        color: false,
        unicode: true,
        width: None,
    };

    fn table() -> Table {
        let column = |name, is_number, least, rank| Column {
            name,
            is_number,
            least,
            rank,
        };
        let row = |cells: [&str; 3]| cells.map(Cell::new).to_vec();
        Table {
            columns: vec![
                column("NAME", false, Some(4), 0),
                column("TITLE", false, Some(6), 2),
                column("DAYS", true, None, 1),
            ],
            rows: vec![
                row(["release", "Release 発行 the program", "7"]),
                row(["a", "e\u{301} 👩‍🚀\u{1b}[31m", "120"]),
            ],
        }
    }

    fn lines(width: usize) -> Vec<String> {
        let text = table().render(Frame {
            width: Some(width),
            ..PLAIN
        });
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn columns_are_aligned_by_what_is_seen() {
        assert_eq!(
            table().render(PLAIN),
            "NAME     TITLE                     DAYS\n\
             release  Release 発行 the program     7\n\
             a        e\u{301} 👩‍🚀␛[31m                  120\n"
        );
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        for width in 0..50 {
            for line in lines(width) {
                assert!(line.width() <= width, "{width}: {line}");
            }
        }
        assert_eq!(lines(30)[1], "release  Release 発行 t…     7");
        assert_eq!(lines(20)[1], "relea…  Relea…     7");
        assert_eq!(lines(14)[1], "release     7");
        assert_eq!(lines(5)[1], "rele…");
    }

    #[test]
    fn styles_take_no_room() {
        let frame = Frame {
            color: true,
            ..PLAIN
        };
        let mut table = table();
        table.rows[0][2] = Cell::new("7").styled(Style::new().bold());
        let text = table.render(frame);
        assert!(
            text.contains("the program     \u{1b}[1m7\u{1b}[0m\n"),
            "{text:?}"
        );
    }
}
