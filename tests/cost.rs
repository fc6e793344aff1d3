//! What judging a document costs beyond parsing it. Allocations are counted: unlike a time, their number is the same on
//! every machine.

use allocation_counter::AllocationInfo;
use allocation_counter::measure;
use comrak::Arena;
use comrak::Options;

use crate::anything::judged;
use crate::sample;

/// What a check may make, in per cent of the parser's allocations and of their bytes. When this was written it was 121
/// and 170.
const MOST: u64 = 140;
const MOST_BYTES: u64 = 200;

/// A document of many steps, all in order.
fn document() -> String {
    let text = sample::workflow("anything");
    let (start, rest) = text.split_once("### Step 1: Do it\n").unwrap();
    let (step, end) = rest.split_once("## Success").unwrap();
    let steps = (1..=60).map(|number| format!("### Step {number}: Do part {number}\n{step}"));
    let text = format!("{start}{}## Success{end}", steps.collect::<String>());
    let text = text.replace("1. Do it\n", "1. Do it **now**\n   Run: `make all`\n");
    text.replace("It is done\n", "It is done\n  Run: `test -f done`\n")
}

fn parse(text: &str) {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.tasklist = true;
    let arena = Arena::new();
    assert!(
        comrak::parse_document(&arena, text, &options)
            .first_child()
            .is_some()
    );
}

#[test]
fn judging_allocates_little_beyond_parsing() {
    let (document, index) = (document(), sample::index(&["anything"]));
    // What is made once for all documents does not count.
    let before = judged(&document, &index);
    assert_eq!(before.findings, [], "the document is in order");
    let all = measure(|| drop(judged(&document, &index)));
    let parsing = measure(|| {
        parse(&document);
        parse(&index);
    });
    let percent = |count: fn(&AllocationInfo) -> u64| 100 * count(&all) / count(&parsing);
    let number = percent(|info| info.count_total);
    let bytes = percent(|info| info.bytes_total);
    assert!(
        number < MOST && bytes < MOST_BYTES,
        "{number} % of the allocations of parsing alone, {bytes} % of their bytes"
    );
}
