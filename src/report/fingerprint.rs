//! What a finding is recognised by from one report to the next, whatever lines were added above it.

use std::collections::BTreeMap;

use crate::lint::Finding;
use crate::plan;
use crate::report::View;

/// So many digits of the hash are kept.
const DIGITS: usize = 32;

/// The fingerprints of findings that stand in order, no two alike: a hash of path, rule, section and the text that
/// is marked; what still is alike is counted.
#[must_use]
pub fn fingerprints(findings: &[&Finding], view: &View) -> Vec<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let fingerprints = findings.iter().map(|finding| {
        let own = own(finding, view);
        let count = counts.entry(own.clone()).or_default();
        *count += 1;
        match *count {
            1 => own,
            count => hashed(&[&own, &count.to_string()]),
        }
    });
    fingerprints.collect()
}

fn own(finding: &Finding, view: &View) -> String {
    let place = &finding.place;
    let path = view.in_repository(&place.path);
    let marked = place
        .excerpt
        .as_ref()
        .map_or("", |excerpt| &excerpt.text[excerpt.span.range()]);
    let mut parts = vec![path.as_str(), finding.rule, &finding.section, marked];
    // What is said of a whole file or folder differs in what else it speaks of.
    let others = finding.related.iter().map(|(place, _)| place.path.as_str());
    let others: Vec<String> = others
        .filter(|other| *other != place.path)
        .map(|other| view.in_repository(other))
        .collect();
    parts.extend(others.iter().map(String::as_str));
    hashed(&parts)
}

/// A hash of parts, in hexadecimal digits.
fn hashed(parts: &[&str]) -> String {
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend((part.len() as u64).to_le_bytes());
        bytes.extend(part.bytes());
    }
    let mut digits = plan::digest(&bytes);
    digits.truncate(DIGITS);
    digits
}
