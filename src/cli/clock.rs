//! What day it is.
#![expect(
    clippy::disallowed_methods,
    reason = "this is where the clock is asked"
)]

use chrono::DateTime;
use chrono::NaiveDate;
use chrono::Utc;

use crate::cli::failure::Failure;

/// What time it is.
pub fn now() -> DateTime<Utc> {
    Utc::now()
}

/// The day that dates are judged by: the one that was asked for, else that of `SOURCE_DATE_EPOCH`, else today (UTC).
pub fn today(asked: Option<NaiveDate>) -> Result<NaiveDate, Failure> {
    if let Some(day) = asked {
        return Ok(day);
    }
    let Some(value) = std::env::var_os("SOURCE_DATE_EPOCH") else {
        return Ok(Utc::now().date_naive());
    };
    let value = value.to_string_lossy().into_owned();
    let seconds = value.trim().parse().ok();
    let time = seconds.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    time.map(|time| time.date_naive())
        .ok_or(Failure::BadEpoch { value })
}
