//! Tokens that should never be written down, by the shapes that their issuers publish.

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::memmem::Finder;
use regex::Regex;

use crate::source::Span;

/// What a secret is, and the shape of its text.
struct Shape {
    name: &'static str,
    pattern: &'static str,
}

/// The shapes, each with where its issuer describes it.
const SHAPES: [Shape; 16] = [
    // RFC 7468, section 10, and OpenSSH's PROTOCOL.key: a label, then lines of base64.
    shape(
        "a private key",
        r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----(?:\\n|\s)+(?:[A-Za-z-]+: [^\n]*\s+)*[A-Za-z0-9+/=]{16,}(?:\s+[A-Za-z0-9+/=]{16,})*",
    ),
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes
    shape("an AWS access key", r"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b"),
    // https://github.blog/engineering/behind-githubs-new-authentication-token-formats/
    shape("a GitHub token", r"\bgh[pousr]_[A-Za-z0-9]{36,255}\b"),
    shape(
        "a GitHub token",
        r"\bgithub_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}\b",
    ),
    // https://docs.gitlab.com/security/tokens/#token-prefixes
    shape(
        "a GitLab token",
        r"\bgl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|oas)-[A-Za-z0-9_-]{20,}",
    ),
    // https://docs.slack.dev/authentication/tokens/
    shape("a Slack token", r"\bxox[abeoprs]-[0-9A-Za-z-]{20,}\b"),
    // https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks/
    shape(
        "a Slack webhook",
        r"https://hooks\.slack\.com/services/T[A-Z0-9]{6,}/B[A-Z0-9]{6,}/[A-Za-z0-9]{16,}",
    ),
    // https://discord.com/developers/docs/resources/webhook
    shape(
        "a Discord webhook",
        r"https://(?:[a-z]+\.)?discord(?:app)?\.com/api/webhooks/[0-9]{16,20}/[A-Za-z0-9_-]{60,}",
    ),
    // https://docs.stripe.com/keys#obtain-api-keys
    shape("a Stripe key", r"\b[sr]k_live_[A-Za-z0-9]{20,}\b"),
    // https://docs.cloud.google.com/docs/authentication/api-keys
    shape("a Google API key", r"\bAIza[A-Za-z0-9_-]{35}"),
    // https://github.blog/changelog/2021-09-23-npm-has-a-new-access-token-format/
    shape("an npm token", r"\bnpm_[A-Za-z0-9]{36}\b"),
    // The Python Package Index's help, "How can I use API tokens": a macaroon whose base64 begins with the issuer's name.
    shape("a PyPI token", r"\bpypi-AgE[A-Za-z0-9_-]{50,}"),
    // https://docs.digitalocean.com/reference/api/create-personal-access-token/
    shape("a DigitalOcean token", r"\bdo[opr]_v1_[a-f0-9]{64}\b"),
    // https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys
    shape(
        "a SendGrid key",
        r"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}",
    ),
    // https://developer.hashicorp.com/vault/docs/concepts/tokens#token-prefixes
    shape("a Vault token", r"\bhv[sbr]\.[A-Za-z0-9_-]{24,}"),
    // RFC 7519 and RFC 7515, section 7.1: three parts of base64url, the first two JSON objects.
    shape(
        "a JSON Web Token",
        r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}",
    ),
];

const fn shape(name: &'static str, pattern: &'static str) -> Shape {
    Shape { name, pattern }
}

/// Texts of such a shape that their issuers publish as examples.
const EXAMPLES: [&str; 4] = [
    // AWS marks its examples by their ending.
    "EXAMPLE",
    // The three parts of the webhook in Slack's guide.
    "T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
    // The payload of the token that jwt.io shows, and of the one in RFC 7519.
    "eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIi",
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ",
];

/// All shapes at once, each in a group of its own.
static SECRETS: LazyLock<Regex> = LazyLock::new(|| {
    let groups: Vec<String> = SHAPES
        .iter()
        .map(|shape| format!("({})", shape.pattern))
        .collect();
    Regex::new(&groups.join("|")).expect("the shapes are regular expressions")
});

/// A secret in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Secret {
    /// Its place.
    pub span: Span,
    /// What it is, with its article.
    pub name: &'static str,
}

/// The secrets in a text, published examples and fillers left out.
#[must_use]
pub fn secrets(text: &str) -> Vec<Secret> {
    if !may_hold_one(text) {
        return Vec::new();
    }
    let found = SECRETS.captures_iter(text).filter_map(|captures| {
        let whole = captures.get(0).expect("group 0 is the match");
        let group = (1..captures.len()).find(|&group| captures.get(group).is_some());
        let shape = &SHAPES[group.expect("one of the shapes matched") - 1];
        let is_example = EXAMPLES
            .iter()
            .any(|example| whole.as_str().contains(example));
        (!is_example && !is_filler(whole.as_str())).then(|| Secret {
            span: Span::new(whole.start(), whole.end()),
            name: shape.name,
        })
    });
    found.collect()
}

/// A text with its secrets made unreadable, each byte by one: all offsets stay the same.
#[must_use]
pub fn masked(text: &str) -> Cow<'_, str> {
    let found = secrets(text);
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut masked = String::with_capacity(text.len());
    let mut done = 0;
    for secret in found {
        masked.push_str(&text[done..secret.span.start()]);
        let is_line_end = |byte: u8| byte == b'\n' || byte == b'\r';
        let bytes = text[secret.span.range()].bytes();
        masked.extend(bytes.map(|byte| {
            if is_line_end(byte) {
                char::from(byte)
            } else {
                '*'
            }
        }));
        done = secret.span.end();
    }
    masked.push_str(&text[done..]);
    Cow::Owned(masked)
}

/// Something that every text of a shape but two holds, to pass over nearly every document at the speed of memory: the
/// search is for the first four bytes of each, which hardly occur in prose.
static SIGNS: LazyLock<Regex> = LazyLock::new(|| {
    let signs = [
        "PRIVATE KEY|AKIA|ASIA|gh[pousr]_|hub_pat_",
        "glpat-|gldt-|glrt-|glcbt-|glptt-|glft-|glsoat-|glagent-|gloas-",
        "es/T|/webhooks/|k_live_|AIza|npm_|i-AgE|_v1_|hv[sbr]\\.|\\.eyJ",
    ];
    Regex::new(&signs.join("|")).expect("the signs are a regular expression")
});

/// And of those two: their signs are too short for that search.
static SHORT_SIGNS: LazyLock<[Finder<'static>; 2]> =
    LazyLock::new(|| ["xox", "SG."].map(Finder::new));

fn may_hold_one(text: &str) -> bool {
    let has = |sign: &Finder<'_>| sign.find(text.as_bytes()).is_some();
    SIGNS.is_match(text) || SHORT_SIGNS.iter().any(has)
}

/// Whether a token is made of one character after its prefix: `ghp_xxxx…`.
fn is_filler(token: &str) -> bool {
    let tail = token.rsplit(['_', '-', '/']).next().unwrap_or(token);
    let mut characters = tail.chars();
    let first = characters.next();
    tail.len() >= 16 && characters.all(|character| Some(character) == first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_passes_the_first_look() {
        // A text that the shapes find and the signs do not would be lost.
        let texts = [
            format!("ghp_{}", "a1".repeat(18)),
            format!("AKIA{}", "A2".repeat(8)),
            format!("glpat-{}", "a1".repeat(10)),
            format!("xoxb-{}", "1a".repeat(12)),
            format!(
                "https://hooks.slack.com/services/T0AB12CD3/B0AB12CD3/{}",
                "a1".repeat(12)
            ),
            format!(
                "https://discord.com/api/webhooks/{}/{}",
                "12".repeat(9),
                "a1".repeat(34)
            ),
            format!("sk_live_{}", "a1".repeat(12)),
            format!("AIza{}5", "a1".repeat(17)),
            format!("npm_{}", "a1".repeat(18)),
            format!("pypi-AgE{}", "a1".repeat(30)),
            format!("dop_v1_{}", "a1".repeat(32)),
            format!("SG.{}.{}5", "a1".repeat(11), "a1".repeat(21)),
            format!("hvs.{}", "a1".repeat(14)),
            format!("eyJ{0}.eyJ{0}.{0}", "a1".repeat(12)),
            format!("github_pat_{}_{}5", "a1".repeat(11), "a1".repeat(29)),
            format!("-----BEGIN RSA PRIVATE KEY-----\n{}", "a1".repeat(12)),
        ];
        let gitlab = ["dt", "rt", "cbt", "ptt", "ft", "soat", "agent", "oas"];
        let gitlab = gitlab.map(|kind| format!("gl{kind}-{}", "a1".repeat(10)));
        for text in texts.into_iter().chain(gitlab) {
            let found = secrets(&text);
            assert_eq!(found.len(), 1, "{text}");
            assert!(!masked(&text).contains("a1a1"), "{text}");
        }
    }

    #[test]
    fn examples_and_fillers_are_no_secrets() {
        let filler = format!("ghp_{}", "x".repeat(36));
        for text in [
            "AKIAIOSFODNN7EXAMPLE",
            &filler,
            "-----BEGIN PRIVATE KEY-----",
            "glpat-short",
        ] {
            assert!(secrets(text).is_empty(), "{text}");
        }
    }
}
