//! A terminal as far as `wf` may use one: text, line ends, cursor up, lines erased, and colours. All else is a failure.

/// What stands on a terminal of so many columns, without an end of its rows.
pub struct Screen {
    columns: usize,
    rows: Vec<Vec<char>>,
    row: usize,
    column: usize,
    sequence: String,
}

impl Screen {
    pub fn new(columns: usize) -> Self {
        Self {
            columns,
            rows: vec![Vec::new()],
            row: 0,
            column: 0,
            sequence: String::new(),
        }
    }

    /// What it shows, after each text that ends a line or moves the cursor.
    pub fn frames(columns: usize, written: &str) -> Vec<String> {
        let mut screen = Self::new(columns);
        let mut frames = Vec::new();
        for c in written.chars() {
            if c == '\u{1b}' {
                frames.push(screen.text());
            }
            screen.take(c);
        }
        frames.push(screen.text());
        frames.dedup();
        frames
    }

    /// All rows, without the blanks at their ends.
    pub fn text(&self) -> String {
        let rows = self.rows.iter().map(|row| row.iter().collect::<String>());
        let rows: Vec<String> = rows.map(|row| row.trim_end().to_owned()).collect();
        rows.join("\n")
    }

    fn take(&mut self, c: char) {
        if !self.sequence.is_empty() {
            return self.go_on(c);
        }
        match c {
            '\u{1b}' => self.sequence.push(c),
            // The bell, when a run is over.
            '\u{7}' => {}
            '\r' => self.column = 0,
            '\n' => self.down(),
            '\t' => self.column = (self.column / 8 + 1) * 8,
            c if c.is_control() => panic!("{c:?} after\n{}", self.text()),
            c => self.put(c),
        }
    }

    fn go_on(&mut self, c: char) {
        self.sequence.push(c);
        let inner = &self.sequence[1..self.sequence.len() - 1];
        match (inner, c) {
            ("", '[') => return,
            (inner, '0'..='9' | ';') if inner.starts_with('[') => return,
            (inner, 'm') if inner.starts_with('[') => {}
            ("[2", 'K') => self.rows[self.row].clear(),
            (inner, 'A') => {
                let count: usize = inner[1..].parse().unwrap();
                self.row = self.row.checked_sub(count).expect("above all");
            }
            (inner, 'B') => {
                let count: usize = inner[1..].parse().unwrap();
                (0..count).for_each(|_| self.below());
            }
            _ => panic!("{:?} after\n{}", self.sequence, self.text()),
        }
        self.sequence.clear();
    }

    fn below(&mut self) {
        self.row += 1;
        if self.row == self.rows.len() {
            self.rows.push(Vec::new());
        }
    }

    fn down(&mut self) {
        self.below();
    }

    fn put(&mut self, c: char) {
        if self.column >= self.columns {
            self.column = 0;
            self.below();
        }
        let row = &mut self.rows[self.row];
        while row.len() <= self.column {
            row.push(' ');
        }
        row[self.column] = c;
        self.column += 1;
    }
}
