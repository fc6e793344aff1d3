//! `wf plan --format mermaid`: a flowchart that Mermaid reads, whatever the steps are called.
//!
//! The grammar below is a small part of [Mermaid's](https://mermaid.js.org/syntax/flowchart.html), and a strict one: in
//! labels it takes no character that means anything to Mermaid, but for `#` and `;` around a character's number.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use proptest::prelude::*;
use wf::plan::Plan;
use wf::plan::Step;
use wf::plan::Undo;
use wf::report::mermaid;

/// A flowchart.
#[derive(Debug, Default, PartialEq, Eq)]
struct Chart {
    /// The nodes' labels and shapes.
    nodes: BTreeMap<String, (String, Shape)>,
    edges: BTreeSet<(String, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Box,
    Hexagon,
    Stadium,
}

const SHAPES: [(Shape, &str, &str); 3] = [
    (Shape::Box, "[\"", "\"]"),
    (Shape::Hexagon, "{{\"", "\"}}"),
    (Shape::Stadium, "([\"", "\"])"),
];

impl Chart {
    fn read(text: &str) -> Self {
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("flowchart TD"));
        let mut chart = Self::default();
        for line in lines {
            let line = line.strip_prefix("    ").expect("it is indented");
            if let Some((from, to)) = line.split_once(" --> ") {
                for end in [from, to] {
                    assert!(chart.nodes.contains_key(end), "{line}");
                }
                assert!(
                    chart.edges.insert((from.to_owned(), to.to_owned())),
                    "{line}"
                );
                continue;
            }
            let is_sign = |c: char| !c.is_ascii_alphanumeric();
            let (name, rest) = line.split_at(line.find(is_sign).expect("a shape"));
            let node = SHAPES.iter().find_map(|(shape, open, close)| {
                let label = rest.strip_prefix(open)?.strip_suffix(close)?;
                Some((decoded(label), *shape))
            });
            let node = node.unwrap_or_else(|| panic!("no node: {line}"));
            assert_ne!(name, "end", "a keyword");
            assert!(
                chart.nodes.insert(name.to_owned(), node).is_none(),
                "{line}"
            );
        }
        chart
    }
}

/// What a label shows.
fn decoded(label: &str) -> String {
    let mut text = String::new();
    let mut rest = label;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        if c == '#' {
            let (number, after) = rest.split_once(';').expect("a number ends");
            text.push(char::from_u32(number.parse().unwrap()).unwrap());
            rest = after;
        } else {
            // A colon stands before a blank alone: `style x:…#…;` is something else to Mermaid.
            let is_plain = c.is_ascii_alphanumeric() || " ,.-_".contains(c) || !c.is_ascii();
            assert!(
                is_plain || c == ':' && rest.starts_with(' '),
                "{c:?} in {label}"
            );
            text.push(c);
        }
    }
    text
}

fn step(number: u32, name: &str, after: &[u32]) -> Step {
    Step {
        number,
        name: name.to_owned(),
        line: number,
        after: after.to_vec(),
        actions: Vec::new(),
        verification: Vec::new(),
        undo: Undo::Nothing("it only looks".to_owned()),
        timeout_ms: None,
        retries: 0,
        directory: String::new(),
        idempotent: false,
    }
}

fn plan(steps: Vec<Step>) -> Plan {
    let text = include_str!("../fixtures/runs/plan.json");
    let plan: Plan = serde_json::from_str(text).unwrap();
    Plan { steps, ..plan }
}

#[test]
fn a_diamond_is_drawn_as_one() {
    let mut last = step(4, "Publish", &[2, 3]);
    last.undo = Undo::Irreversible("mail is sent".to_owned());
    let steps = vec![
        step(1, "Build", &[]),
        step(2, "Test", &[1]),
        step(3, "Sign", &[1]),
        last,
        step(5, "Tidy up", &[]),
    ];
    let text = mermaid::chart(&plan(steps));
    assert_eq!(
        text,
        "\
flowchart TD
    prerequisites([\"Prerequisites\"])
    step1[\"Step 1: Build\"]
    step2[\"Step 2: Test\"]
    step3[\"Step 3: Sign\"]
    step4{{\"Step 4: Publish\"}}
    step5[\"Step 5: Tidy up\"]
    criteria([\"Success Criteria\"])
    prerequisites --> step1
    step1 --> step2
    step1 --> step3
    step2 --> step4
    step3 --> step4
    prerequisites --> step5
    step4 --> criteria
    step5 --> criteria
"
    );
    let chart = Chart::read(&text);
    assert_eq!((chart.nodes.len(), chart.edges.len()), (7, 8));
    assert_eq!(chart.nodes["step4"].1, Shape::Hexagon);
    assert_eq!(chart.nodes["criteria"].1, Shape::Stadium);
}

/// Names that would be something else to Mermaid.
const HOSTILE: [&str; 14] = [
    "a\"]; click step1 \"javascript:alert(1)\"",
    "\"]\n    step9[\"x",
    "`# *markdown*`",
    "restyle x:#fff; y",
    "classDef x:y#1;",
    "%%{init: {\"securityLevel\": \"loose\"}}%%",
    "&amp; #35; &#35;",
    "<img src=x onerror=alert(1)>",
    "$$x^2$$",
    "end",
    "a --> b",
    "\u{202e}gnp.exe",
    "日本語 🚀",
    "{{{([|/\\|])}}}",
];

#[test]
fn hostile_names_are_only_names() {
    let steps = HOSTILE.iter().zip(1..);
    let steps: Vec<Step> = steps
        .map(|(name, number)| step(number, name, &[]))
        .collect();
    let chart = Chart::read(&mermaid::chart(&plan(steps)));
    assert_eq!(chart.nodes.len(), HOSTILE.len() + 2);
    for (name, number) in HOSTILE.iter().zip(1..) {
        let (label, shape) = &chart.nodes[&format!("step{number}")];
        let shown = name.replace('\n', " ").replace('\u{202e}', "\u{fffd}");
        assert_eq!(
            (label, *shape),
            (&format!("Step {number}: {shown}"), Shape::Box)
        );
    }
}

proptest! {
    #[test]
    fn any_name_is_read_back(name in any::<String>(), tail in "[-\"\\]\\[(){}#;:%&<>`|\\\\ a1\n]{0,12}") {
        let name = name + &tail;
        let chart = Chart::read(&mermaid::chart(&plan(vec![step(1, &name, &[])])));
        let shown = wf::printable::one_line(&name);
        prop_assert_eq!(&chart.nodes["step1"].0, &format!("Step 1: {shown}"));
    }
}
