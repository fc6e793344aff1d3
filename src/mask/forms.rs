//! The forms in which a secret may turn up in text.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::AsciiSet;
use percent_encoding::NON_ALPHANUMERIC;

use crate::mask::SHORTEST;

/// The columns at which programs wrap base64: 64 in PEM (RFC 7468), 76 in MIME (RFC 2045) and coreutils.
const WRAPPED_AT: [usize; 2] = [64, 76];

/// A longer text in base64 is not looked for where it is wrapped behind something else: that takes about so many forms.
const LONGEST_WRAPPED: usize = 1024;
/// A shorter piece of one, at its beginning or its end, could be anything.
const SHORTEST_LINE: usize = 8;

/// RFC 3986, section 2.3: unreserved characters.
const STRICT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
/// <https://url.spec.whatwg.org/#application-x-www-form-urlencoded-percent-encode-set>
const FORM: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'*')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_');
/// ECMA-262, encodeURIComponent.
const COMPONENT: &AsciiSet = &STRICT
    .remove(b'!')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*');
/// Python's `urllib.parse.quote`, and others that leave paths whole.
const PATH: &AsciiSet = &STRICT.remove(b'/');
/// ECMA-262, encodeURI.
const WHOLE: &AsciiSet = &COMPONENT
    .remove(b';')
    .remove(b'/')
    .remove(b'?')
    .remove(b':')
    .remove(b'@')
    .remove(b'&')
    .remove(b'=')
    .remove(b'+')
    .remove(b'$')
    .remove(b',')
    .remove(b'#');

/// All forms of a secret: those of the whole and, where it has several lines, those of each, none shorter than
/// [`SHORTEST`].
pub(in crate::mask) fn of(value: &[u8]) -> BTreeSet<Vec<u8>> {
    let mut forms = BTreeSet::new();
    let lines = value.split(|&byte| byte == b'\n' || byte == b'\r');
    let pieces = [value, value.trim_ascii()]
        .into_iter()
        .chain(lines.map(<[u8]>::trim_ascii));
    for piece in pieces.filter(|piece| is_long(piece)) {
        forms.insert(piece.to_vec());
        forms.extend(quoted(piece));
        forms.extend(url(piece));
        for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            base64(piece, engine, &mut forms);
        }
    }
    forms
}

fn is_long(piece: &[u8]) -> bool {
    String::from_utf8_lossy(piece)
        .chars()
        .nth(SHORTEST - 1)
        .is_some()
}

/// As it stands in a JSON string, and as shells show it.
fn quoted(piece: &[u8]) -> Vec<Vec<u8>> {
    let Ok(text) = std::str::from_utf8(piece) else {
        return Vec::new();
    };
    let json = serde_json::Value::from(text).to_string();
    vec![
        json.as_bytes()[1..json.len() - 1].to_vec(),
        text.replace('\'', r"'\''").into_bytes(),
    ]
}

fn url(piece: &[u8]) -> Vec<Vec<u8>> {
    let mut forms = Vec::new();
    for set in [STRICT, FORM, COMPONENT, PATH, WHOLE] {
        let upper = percent_encoding::percent_encode(piece, set).to_string();
        // A `%` of its own is always encoded, so that each begins two digits.
        let parts = upper.split_inclusive('%').collect::<Vec<_>>();
        let lower: String = parts
            .iter()
            .enumerate()
            .map(|(at, part)| {
                let digits = if at == 0 { 0 } else { 2 };
                part[..digits].to_ascii_lowercase() + &part[digits..]
            })
            .collect();
        for form in [upper, lower] {
            forms.push(form.replace("%20", "+").into_bytes());
            forms.push(form.into_bytes());
        }
    }
    forms
}

/// In base64: by itself, wrapped or not, and with anything before and after it.
///
/// Three bytes are four characters, so that a text looks differently for each of the three places at which it may
/// begin. Characters that hold bits of a neighbour too are left out, as are those of a last group that is not full,
/// unless the text ends there.
fn base64(piece: &[u8], engine: &GeneralPurpose, forms: &mut BTreeSet<Vec<u8>>) {
    for before in 0..3 {
        let bytes = [&[0; 2][..before], piece].concat();
        let encoded = engine.encode(&bytes).into_bytes();
        let start = (before * 8).div_ceil(6);
        let end = bytes.len() * 8 / 6;
        forms.insert(encoded[start..end].to_vec());
        if end < encoded.len() {
            let mut last = encoded[start..].to_vec();
            forms.insert(last.clone());
            last.resize(encoded.len().next_multiple_of(4) - start, b'=');
            forms.insert(last);
        }
        for columns in WRAPPED_AT {
            if before == 0 && end > columns {
                let lines = encoded[..end].chunks(columns);
                forms.extend(
                    lines
                        .filter(|line| line.len() >= SHORTEST)
                        .map(<[u8]>::to_vec),
                );
            }
        }
        wrapped(&encoded[start..end], forms);
    }
}

/// The lines of a text in base64 that is wrapped anywhere, for something stands before it.
fn wrapped(encoded: &[u8], forms: &mut BTreeSet<Vec<u8>>) {
    if encoded.len() > LONGEST_WRAPPED {
        return;
    }
    let widest = WRAPPED_AT.into_iter().max().unwrap_or_default();
    for length in SHORTEST_LINE..encoded.len().min(widest + 1) {
        forms.insert(encoded[..length].to_vec());
        forms.insert(encoded[encoded.len() - length..].to_vec());
    }
    for columns in WRAPPED_AT {
        forms.extend(encoded.windows(columns).map(<[u8]>::to_vec));
    }
}
