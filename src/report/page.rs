//! A rule's page for a terminal.

use anstyle::AnsiColor;
use anstyle::Style;

/// The page with its front matter made a line and, with colours, its headings, code and fences set off.
#[must_use]
pub fn page(markdown: &str, color: bool) -> String {
    let (facts, body) = front_matter(markdown);
    let styled = |style: Style| if color { style } else { Style::new() };
    let (heading, dim) = (styled(Style::new().bold()), styled(Style::new().dimmed()));
    let mut text = String::with_capacity(markdown.len());
    let mut fence: Option<&str> = None;
    let mut has_facts = false;
    for line in body.trim_start().lines() {
        let ticks = &line[..line.len() - line.trim_start_matches('`').len()];
        match fence {
            Some(open) if ticks.len() >= open.len() && line.trim_end() == ticks => fence = None,
            None if ticks.len() >= 3 => fence = Some(ticks),
            None if line.starts_with('#') => {
                let title = line.trim_start_matches('#').trim();
                text.push_str(&format!("{heading}{title}{heading:#}\n"));
                if !has_facts {
                    has_facts = true;
                    text.push_str(&format!("{dim}{facts}{dim:#}\n"));
                }
                continue;
            }
            Some(_) => {
                text.push_str(format!("  {line}").trim_end());
                text.push('\n');
                continue;
            }
            None => {
                text.push_str(&inline(line, styled(AnsiColor::Cyan.on_default())));
                text.push('\n');
                continue;
            }
        }
        text.push_str(&format!("{dim}{line}{dim:#}\n"));
    }
    text
}

/// The front matter's lines joined, and what follows it.
fn front_matter(markdown: &str) -> (String, &str) {
    let parts = markdown
        .strip_prefix("---\n")
        .and_then(|rest| rest.split_once("\n---\n"));
    let (facts, body) = parts.unwrap_or(("", markdown));
    (facts.lines().collect::<Vec<_>>().join(" · "), body)
}

/// A line of text with its code spans in a style; without one they keep their backticks.
fn inline(line: &str, style: Style) -> String {
    if style == Style::new() {
        return line.to_owned();
    }
    let mut text = String::with_capacity(line.len());
    for (at, part) in line.split('`').enumerate() {
        if at % 2 == 1 {
            text.push_str(&format!("{style}{part}{style:#}"));
        } else {
            text.push_str(part);
        }
    }
    text
}

/// The value of a key in the page's front matter.
#[must_use]
pub fn fact<'a>(markdown: &'a str, key: &str) -> Option<&'a str> {
    let (facts, _) = markdown.strip_prefix("---\n")?.split_once("\n---\n")?;
    facts
        .lines()
        .find_map(|line| line.strip_prefix(key)?.strip_prefix(": "))
}

/// What the rule does and why, without its cases.
#[must_use]
pub fn reasons(markdown: &str) -> &str {
    let (_, body) = front_matter(markdown);
    let text = body.split("\n## Example\n").next().unwrap_or(body);
    let start = text.find("## ").unwrap_or(0);
    text[start..].trim()
}

/// The first sentence below "What it does".
#[must_use]
pub fn gist(markdown: &str) -> String {
    let text = markdown
        .split_once("## What it does")
        .map_or("", |(_, rest)| rest)
        .trim_start();
    let paragraph = text
        .split("\n\n")
        .next()
        .unwrap_or_default()
        .replace('\n', " ");
    match paragraph.find(". ") {
        Some(end) => paragraph[..=end].to_owned(),
        None => paragraph,
    }
}
