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
    if !form {
        return None;
    }
    let month = text[5..7].parse().ok()?;
    let day = text[8..].parse().ok()?;
    NaiveDate::from_ymd_opt(text[..4].parse().ok()?, month, day)
}
