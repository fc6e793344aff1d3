//! What the terminal can show, and writing to it.
#![expect(
    clippy::disallowed_methods,
    reason = "this is where the environment and the terminal are touched"
)]

use std::backtrace::Backtrace;
use std::backtrace::BacktraceStatus;
use std::io;
use std::io::BufRead;
use std::io::BufWriter;
use std::io::IsTerminal;
use std::io::Write;
use std::panic;
use std::panic::Location;
use std::path::PathBuf;

use anstyle::AnsiColor;
use anstyle::Style;
use miette::Diagnostic;

use crate::cli::Color;
use crate::printable;
use crate::report::View;
use crate::report::table::Frame;
use crate::secret;

/// Width where the terminal does not say.
const WIDTH: usize = 80;
/// Messages wider than this are hard to read.
const WIDEST: usize = 110;

/// Let a choice on the command line override what the environment says.
pub fn choose_color(color: Color) {
    let choice = match color {
        Color::Auto => return,
        Color::Always => anstream::ColorChoice::Always,
        Color::Never => anstream::ColorChoice::Never,
    };
    choice.write_global();
}

/// Whether standard output is a terminal.
pub fn is_output_terminal() -> bool {
    io::stdout().is_terminal()
}

/// How reports are shown on standard output.
pub fn view(summary: bool) -> View {
    let color = has_color(&io::stdout());
    View {
        color,
        links: color
            && is_output_terminal()
            && supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout),
        unicode: !is_output_terminal() || supports_unicode::on(supports_unicode::Stream::Stdout),
        // Elsewhere the same input gives the same bytes, whatever terminal it was started from.
        width: terminal_width().map_or(WIDTH, |width| width.clamp(40, WIDEST)),
        summary,
        failing: None,
        current: PathBuf::new(),
        tops: Vec::new(),
    }
}

/// What tables are shown on: cut to the terminal's width, whole elsewhere.
pub fn frame() -> Frame {
    let View { color, unicode, .. } = view(false);
    Frame {
        color,
        unicode,
        width: terminal_width(),
    }
}

/// The columns of the terminal that standard output is, if it is one.
pub fn terminal_width() -> Option<usize> {
    let size = terminal_size::terminal_size().filter(|_| is_output_terminal());
    size.map(|(width, _)| usize::from(width.0))
}

/// The columns and rows of the terminal, as far as it says.
pub fn size() -> (u16, u16) {
    let size = terminal_size::terminal_size();
    size.map_or((WIDTH as u16, 24), |(width, height)| (width.0, height.0))
}

/// Whether standard output is a terminal on which lines can be taken back.
pub fn moves_cursor() -> bool {
    let kind = std::env::var_os("TERM").unwrap_or_default();
    is_output_terminal() && !kind.is_empty() && kind != "dumb"
}

fn has_color(stream: &impl anstream::stream::RawStream) -> bool {
    anstream::AutoStream::choice(stream) != anstream::ColorChoice::Never
}

/// Write to standard output. A reader that went away is no error: it has seen enough.
pub fn write(render: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    match render(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// As [`write`], to standard error.
pub fn write_error(render: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut error = BufWriter::new(io::stderr().lock());
    match render(&mut error).and_then(|()| error.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// Whether a person can be asked something.
pub fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Ring the bell of the terminal that standard output is, if it is one.
pub fn ring() {
    if is_output_terminal() {
        let mut out = io::stdout().lock();
        // Where the terminal has gone, nobody hears it.
        let _ = out.write_all(b"\x07").and_then(|()| out.flush());
    }
}

/// Ask a question; every answer but yes is a no.
pub fn asks(question: &str) -> io::Result<bool> {
    let mut err = io::stderr().lock();
    write!(err, "{question} [y/N] ")?;
    err.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(["y", "yes"].contains(&answer.trim().to_lowercase().as_str()))
}

/// Tell of a failure on standard error.
pub fn fail(failure: &dyn Diagnostic) {
    let help = failure.help().map(|help| help.to_string());
    say(
        "error",
        AnsiColor::Red,
        &failure.to_string(),
        help.as_deref(),
    );
}

/// From now on a panic tells of a bug in one line, and of what led to it where the environment asks for that.
pub fn tame_panics() {
    panic::set_hook(Box::new(|panic| {
        let said = panic.payload_as_str().unwrap_or_default();
        say("error", AnsiColor::Red, &bug(panic.location(), said), None);
        let backtrace = Backtrace::capture();
        if backtrace.status() == BacktraceStatus::Captured {
            line(&backtrace.to_string());
        }
    }));
}

/// A panic in words. It may quote a document, and so a secret.
fn bug(place: Option<&Location<'_>>, said: &str) -> String {
    let place = place.map_or_else(String::new, |place| format!(" at {place}"));
    format!("a bug in wf{place}: {}", secret::masked(said))
}

/// Tell of something worth knowing on standard error.
pub fn notice(message: &str) {
    say("note", AnsiColor::Cyan, message, None);
}

/// Write a line to standard error.
pub fn line(text: &str) {
    // Where even standard error cannot be written to, nobody is left to tell.
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Write a question to standard error, without a line end.
pub fn ask(text: &str) {
    let mut error = io::stderr().lock();
    // Where even standard error cannot be written to, nobody is left to answer.
    let _ = write!(error, "{text}").and_then(|()| error.flush());
}

/// Whether standard error shows colours.
pub fn has_error_color() -> bool {
    has_color(&io::stderr())
}

fn say(word: &str, color: AnsiColor, message: &str, help: Option<&str>) {
    let (style, dim) = if has_error_color() {
        (color.on_default().bold(), Style::new().bold())
    } else {
        (Style::new(), Style::new())
    };
    line(&format!(
        "{style}{word}{style:#}: {}",
        printable::one_line(message)
    ));
    if let Some(help) = help {
        for (at, help) in printable::printable(help).lines().enumerate() {
            let label = if at == 0 { "help:" } else { "     " };
            line(&format!("  {dim}{label}{dim:#} {help}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bug_shows_no_secret() {
        let token = format!("ghp_{}", "a1B2".repeat(9));
        let said = bug(Some(Location::caller()), &format!("cannot cut `{token}`"));
        let (place, said) = said.split_once(": ").unwrap();
        assert!(
            place.starts_with("a bug in wf at src/cli/terminal.rs:"),
            "{place}"
        );
        assert_eq!(said, format!("cannot cut `{}`", "*".repeat(token.len())));
    }
}
