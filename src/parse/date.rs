//! Days as documents write them.

use chrono::NaiveDate;

/// The day of a text that is one written `YYYY-MM-DD`.
#[must_use]
pub fn iso(text: &str) -> Option<NaiveDate> {
    let form = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| {
            if at == 4 || at == 7 {
                byte == b'-'
            } else {
                byte.is_ascii_digit()
            }
        });
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .ok()
        .filter(|_| form)
}
