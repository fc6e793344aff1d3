use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use base64::engine::general_purpose::URL_SAFE;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;

use crate::mask::MASK;
use crate::mask::Masker;
use crate::mask::forms;

const SECRET: &str = "s3cr3t/ it's \"?+~%";

fn masker(secrets: &[&str]) -> Masker {
    Masker::new(secrets.iter().map(|secret| ("NAME", secret)))
}

#[test]
fn every_form_is_masked_and_nothing_else() {
    let masker = masker(&[SECRET]);
    let encoded = STANDARD.encode(SECRET);
    for form in [
        SECRET,
        r#"s3cr3t/ it's \"?+~%"#,
        r#"s3cr3t/ it'\''s "?+~%"#,
        "s3cr3t%2F%20it%27s%20%22%3F%2B~%25",
        "s3cr3t%2f%20it%27s%20%22%3f%2b~%25",
        "s3cr3t%2F+it%27s+%22%3F%2B%7E%25",
        "s3cr3t%2f+it%27s+%22%3f%2b%7e%25",
        "s3cr3t%2F%20it's%20%22%3F%2B~%25",
        "s3cr3t/%20it%27s%20%22%3F%2B~%25",
        "s3cr3t/%20it's%20%22?+~%25",
        &encoded,
        &URL_SAFE.encode(SECRET),
    ] {
        assert_eq!(masker.mask(form), MASK);
        assert_eq!(masker.mask(&format!("a {form}, b")), "a ***, b");
        assert!(masker.holds(format!("<{form}>").as_bytes()));
    }
    for text in ["", "s3cr3t/ it's \"?+~", "3cr3t/ it's \"?+~%", "***"] {
        assert!(matches!(masker.mask(text), Cow::Borrowed(same) if same == text));
        assert!(!masker.holds(text.as_bytes()));
    }
}

#[test]
fn padding_belongs_to_a_secret() {
    for secret in ["four", "five5", "six666", "se>en?~", "eight888"] {
        let masker = masker(&[secret]);
        for before in ["", "u", "us"] {
            let text = format!("{before}{secret}");
            for encoded in [
                STANDARD.encode(&text),
                URL_SAFE.encode(&text),
                URL_SAFE_NO_PAD.encode(&text),
            ] {
                // What is left of the text before: its own characters and one shared with the secret.
                let visible = masker.mask(&encoded);
                let shown = visible.strip_suffix(MASK).unwrap_or_else(|| {
                    panic!("{encoded} became {visible}");
                });
                assert_eq!(shown, &encoded[..(before.len() * 8).div_ceil(6)]);
            }
        }
    }
}

#[test]
fn wrapped_base64_is_masked_line_by_line() {
    let secret: String = ('!'..'~').cycle().take(200).collect();
    let masker = masker(&[&secret]);
    let encoded = STANDARD.encode(format!("{secret}\n"));
    for columns in [64, 76] {
        let lines: Vec<&[u8]> = encoded.as_bytes().chunks(columns).collect();
        let wrapped = String::from_utf8(lines.join(&b'\n')).unwrap();
        for line in masker.mask(&wrapped).lines() {
            assert!(line.len() < 8 && line.starts_with(MASK), "{line}");
        }
    }
}

#[test]
fn wrapped_base64_behind_something_else_is_masked_line_by_line() {
    let secret: String = ('!'..'~').cycle().take(130).collect();
    let masker = masker(&[&secret]);
    for before in 0..100 {
        let encoded = STANDARD.encode(format!("{}{secret}", "u".repeat(before)));
        let start = (before * 8).div_ceil(6);
        for columns in [64, 76] {
            let lines: Vec<&[u8]> = encoded.as_bytes().chunks(columns).collect();
            let wrapped = String::from_utf8(lines.join(&b'\n')).unwrap();
            let visible = masker.mask(&wrapped);
            for (line, shown) in wrapped
                .lines()
                .zip(visible.lines())
                .skip(start / columns + 1)
            {
                assert!(
                    shown.len() < 8 + MASK.len(),
                    "{before}: {line} became {shown}"
                );
            }
        }
    }
}

#[test]
fn what_steers_a_terminal_hides_no_secret() {
    let masker = masker(&["hunter2hunter2"]);
    let mut stream = masker.stream();
    let mut shown = Vec::new();
    for piece in [
        "key=h\u{1b}[01;3",
        "1m\u{1b}[Kunter\u{1b}[m2",
        "hunter2 \u{1b}]0;title\u{7}end\n",
    ] {
        shown.extend(stream.feed(piece.as_bytes()));
    }
    shown.extend(stream.finish());
    assert_eq!(String::from_utf8(shown).unwrap(), "key=*** end\n");
    // Without secrets all stays as it came.
    let mut stream = Masker::new([("A", "")]).stream();
    assert_eq!(stream.feed(b"\x1b[31mred"), b"\x1b[31mred");
}

#[test]
fn lines_of_a_secret_are_secrets_but_for_short_ones() {
    let masker = masker(&["-----BEGIN\n  first line\r\nab\n\nlast\n"]);
    let text = "x -----BEGIN y\nfirst line\nab\nlast\nlas";
    assert_eq!(masker.mask(text), "x *** y\n***\nab\n***\nlas");
    assert_eq!(
        masker.mask("-----BEGIN\n  first line\r\nab\n\nlast\n."),
        "***."
    );
}

#[test]
fn overlapping_secrets_leave_nothing_and_neighbours_two_masks() {
    let masker = masker(&["abcdef", "defghi", "abcd", "xyxy"]);
    assert_eq!(masker.mask("<abcdefghi>"), "<***>");
    assert_eq!(masker.mask("<abcdxabcdef>"), "<***x***>");
    assert_eq!(masker.mask("<xyxyxyxy>"), "<***>");
    assert_eq!(masker.mask("<abcdabcd>"), "<******>");
}

#[test]
fn a_masker_shows_nothing() {
    let masker = masker(&[SECRET]);
    let mut stream = masker.stream();
    assert!(stream.feed(b"s3cr").is_empty());
    assert_eq!(format!("{masker:?} {stream:?}"), "Masker Stream");
}

#[test]
fn short_values_and_none_mask_nothing() {
    for masker in [masker(&[]), masker(&["", "abc", "äöü"])] {
        assert_eq!(masker.mask("abc äöü YWJj"), "abc äöü YWJj");
        assert_eq!(masker.stream().feed(b"abc"), b"abc");
    }
    assert_eq!(masker(&["äöüß"]).mask("ääöüß"), "ä***");
}

#[test]
fn a_secret_is_named() {
    let masker = Masker::new([("TOKEN", "hunter22"), ("KEY", "12345678")]);
    assert_eq!(masker.name_of_first(b"x 12345678 hunter22"), Some("KEY"));
    assert_eq!(masker.name_of_first(b"x aHVudGVyMjI="), Some("TOKEN"));
    assert_eq!(masker.name_of_first(b"x"), None);
}

#[test]
fn only_what_may_begin_a_secret_is_held_back() {
    let masker = masker(&["secret", "retry"]);
    let mut stream = masker.stream();
    assert_eq!(stream.feed(b"Password: "), b"Password: ");
    assert_eq!(stream.feed(b"a sec"), b"a ");
    assert_eq!(stream.feed(b"ond, se"), b"second, ");
    // Its end may be the beginning of another; its mask need not wait for that.
    assert_eq!(stream.feed(b"cret"), b"***");
    assert_eq!(stream.feed(b"r"), b"");
    assert_eq!(stream.feed(b"y? s"), b"? ");
    assert_eq!(stream.finish(), b"s");
    assert_eq!(stream.feed(b"ecret."), b"ecret.");
    assert_eq!(stream.feed(b"secret"), b"***");
    assert_eq!(stream.feed(b"r."), b"r.");
}

/// What stays visible, worked out the plain way: a place is hidden if any form covers it.
fn expected(secrets: &[String], text: &[u8]) -> Vec<u8> {
    let mut starts = vec![false; text.len()];
    let mut hidden = vec![false; text.len()];
    let mut joined = vec![false; text.len()];
    for form in secrets
        .iter()
        .flat_map(|secret| forms::of(secret.as_bytes()))
    {
        for (at, window) in text.windows(form.len()).enumerate() {
            if window == form {
                starts[at] = true;
                hidden[at..at + form.len()].fill(true);
                joined[at + 1..at + form.len()].fill(true);
            }
        }
    }
    let mut masked = Vec::new();
    for at in 0..text.len() {
        if !hidden[at] {
            masked.push(text[at]);
        } else if starts[at] && !joined[at] {
            masked.extend_from_slice(MASK.as_bytes());
        }
    }
    masked
}

/// Few letters, so that secrets begin, end and hold one another.
fn secret() -> impl Strategy<Value = String> {
    prop_oneof!["[ab]{4,9}", "[ab +/%\"é\n]{4,12}"]
}

/// Text in which secrets are likely, in many forms, whole and in part.
fn text(secrets: &[String]) -> impl Strategy<Value = Vec<u8>> + use<> {
    let all: Vec<Vec<u8>> = secrets
        .iter()
        .flat_map(|secret| forms::of(secret.as_bytes()))
        .collect();
    let some = prop::sample::select(all.into_iter().chain([Vec::new()]).collect::<Vec<_>>());
    let cut = (some, any::<prop::sample::Index>(), any::<bool>()).prop_map(|(form, at, whole)| {
        let end = if whole {
            form.len()
        } else {
            at.index(form.len() + 1)
        };
        form[..end].to_vec()
    });
    let piece = prop_oneof![cut, "[ab%]{0,3}".prop_map(String::into_bytes)];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn secrets_and_text() -> impl Strategy<Value = (Vec<String>, Vec<u8>)> {
    prop::collection::vec(secret(), 0..4)
        .prop_flat_map(|secrets| (Just(secrets.clone()), text(&secrets)))
}

proptest! {
    #[test]
    fn pieces_are_masked_as_the_whole((secrets, text) in secrets_and_text(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..9)) {
        let masker = Masker::new(secrets.iter().map(|secret| ("N", secret)));
        let whole = expected(&secrets, &text);
        prop_assert_eq!(&*masker.mask_bytes(&text), &whole);
        prop_assert_eq!(masker.holds(&text), whole != text);
        let mut ends: Vec<usize> = cuts.iter().map(|cut| cut.index(text.len() + 1)).collect();
        ends.sort_unstable();
        ends.push(text.len());
        let (mut stream, mut masked, mut begin) = (masker.stream(), Vec::new(), 0);
        let longest = secrets.iter().flat_map(|secret| forms::of(secret.as_bytes())).map(|form| form.len()).max();
        for end in ends {
            masked.extend(stream.feed(&text[begin..end]));
            begin = end;
            prop_assert!(stream.held.len() < longest.unwrap_or(1));
        }
        masked.extend(stream.finish());
        prop_assert_eq!(masked, whole);
    }

    #[test]
    fn no_form_remains((secrets, text) in secrets_and_text()) {
        let masker = Masker::new(secrets.iter().map(|secret| ("N", secret)));
        let masked = masker.mask_bytes(&text);
        for form in secrets.iter().flat_map(|secret| forms::of(secret.as_bytes())) {
            prop_assert!(!masked.windows(form.len()).any(|window| window == form));
        }
    }

    #[test]
    fn base64_shows_no_more_than_the_ends(secret in "[ -~]{4,40}", before in "[ -~]{0,9}", after in "[ -~]{0,9}") {
        let masker = masker(&[&secret]);
        let encoded = STANDARD.encode(format!("{before}{secret}{after}"));
        let masked = masker.mask(&encoded);
        let shown = masked.chars().filter(|&c| c != '*').count();
        let own = (before.len() * 8).div_ceil(6) + (after.len() * 8).div_ceil(6) + 3;
        prop_assert!(masked.contains(MASK) && shown <= own, "{} became {}", encoded, masked);
    }
}
