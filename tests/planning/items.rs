//! What a plan takes from a document's items: name, line, title, and what a person is told or what runs.

use std::fmt::Write;

use wf::plan;
use wf::plan::Plan;

use crate::planning::planned;
use crate::sample;

/// A valid document with other actions.
fn acting(actions: &str) -> String {
    sample::workflow("release").replacen("1. Do it\n", actions, 1)
}

/// The items of a plan, each with its name, its line and its title; below it what a person is told, after `|`, or
/// what runs: its language, the line that it begins on, the interpreter's words, and the code, after `$`.
pub fn described<'a>(items: impl IntoIterator<Item = &'a plan::Item>) -> String {
    let mut text = String::new();
    for item in items {
        writeln!(text, "{} @{} {}", item.id, item.line, item.title).unwrap();
        for line in item.details.lines() {
            writeln!(text, "  | {line}").unwrap();
        }
        if let Some(command) = &item.command {
            let words = command.program.join(" ");
            writeln!(text, "  {} @{}: {words}", command.language, command.line).unwrap();
            for line in command.code.split('\n') {
                writeln!(text, "  $ {line}").unwrap();
            }
        }
    }
    text
}

fn actions(config: &str, document: impl AsRef<[u8]>) -> String {
    described(&planned(config, document).steps[0].actions)
}

#[test]
fn items_stand_in_the_order_in_which_a_run_meets_them() {
    let plan = planned("", sample::workflow("release"));
    assert_eq!(
        described(plan.all_items()),
        "\
prerequisites.1 @17 It is asked for
1.1 @27 Do it
1.verify.1 @31 It is done
criteria.1 @39 It is done
1.rollback.1 @35 Undo it
procedure.1 @43 Undo it
"
    );
}

const COMMANDS: &str = "\
1. Run: `make`
2. Build
   *all* of it
   Run: `` echo `date` `` <!-- it is said -->
3. Tag it,
   then push

   ```bash
   if true; then

     git push   \n   fi
   ```

4. ```sh
   echo hi
   ```
5. Count

       indented, so it is text

   ~~~python3 title=\"count\"
   print(1)
   ~~~
6. Look

   ```shell no-run
   make
   ```
7. Greet

\t```ruby
\tputs 1
\t  puts 2
\t```
";

const COMMANDS_DESCRIBED: &str = "\
1.1 @27 make
  bash @27: bash -euo pipefail
  $ make
1.2 @28 Build *all* of it
  bash @30: bash -euo pipefail
  $ echo `date`
1.3 @31 Tag it, then push
  bash @35: bash -euo pipefail
  $ if true; then
  $ 
  $   git push   \n  $ fi
1.4 @41 echo hi
  sh @42: sh -eu
  $ echo hi
1.5 @44 Count
  python3 @49: python3 -u
  $ print(1)
1.6 @51 Look
  | ```shell no-run
  | make
  | ```
1.7 @56 Greet
  ruby @59: ruby -w
  $ puts 1
  $   puts 2
";

const RUBY: &str = "[run]\ninterpreters = { ruby = [\"ruby\", \"-w\"] }\n";

#[test]
fn commands_are_taken_as_they_stand() {
    assert_eq!(actions(RUBY, acting(COMMANDS)), COMMANDS_DESCRIBED);
}

#[test]
fn line_ends_and_a_byte_order_mark_change_no_command() {
    let lf = acting(COMMANDS);
    for (text, lines) in [
        (lf.replace('\n', "\r\n"), "CRLF"),
        (lf.replace('\n', "\r"), "CR"),
        (format!("\u{FEFF}{lf}"), "byte-order mark"),
        (format!("\u{FEFF}{}", lf.replace('\n', "\r\n")), "both"),
    ] {
        let plan = planned(RUBY, &text);
        assert_eq!(
            described(&plan.steps[0].actions),
            COMMANDS_DESCRIBED,
            "{lines}"
        );
        assert_eq!(plan.title, "The release workflow", "{lines}");
        // The very bytes: another line end is another document.
        assert_eq!(plan.sha256, plan::digest(text.as_bytes()), "{lines}");
    }
}

#[test]
fn a_person_is_told_all_that_the_document_says() {
    let document = acting(
        "\
1. Ask **both** \\
   of them <!-- wf-disable-line unmarked-command: a person does it -->

   - the owner

     > of the service

   - whoever is on call:
     1. first
     2. second

   and wait.
2. | name | number |
   | ---- | ------ |
   | A    | 1      |
3. <!-- said before -->
   Write `<!-- done -->` at the top
4. Do not do this:

   ```yaml
   a:
     b: 1
   ```
",
    );
    assert_eq!(
        actions("", document),
        "\
1.1 @27 Ask **both** of them
  | - the owner
  | 
  |   > of the service
  | 
  | - whoever is on call:
  |   1. first
  |   2. second
  | 
  | and wait.
1.2 @39 | name | number |
  | | name | number |
  | | ---- | ------ |
  | | A    | 1      |
1.3 @42 Write `<!-- done -->` at the top
1.4 @44 Do not do this:
  | ```yaml
  | a:
  |   b: 1
  | ```
"
    );
}

#[test]
fn an_item_ends_where_a_swallowed_label_begins() {
    let document = sample::workflow("release").replacen(
        "1. Do it\n\n**Verification**:\n\n- [ ] It is done\n",
        "1. Do it\n   well\n**Verification**:\n- [ ] It is done\n",
        1,
    );
    let plan = planned("[rules]\nswallowed-label = \"off\"\n", document);
    let items = plan.steps[0]
        .actions
        .iter()
        .chain(&plan.steps[0].verification);
    assert_eq!(
        described(items),
        "1.1 @27 Do it well\n1.verify.1 @30 It is done\n"
    );
}

#[test]
fn what_is_detached_from_its_item_does_not_run() {
    let document = acting("1. Do it\n\n```bash\nmake\n```\n");
    let plan = planned("[rules]\ndetached-code-block = \"off\"\n", document);
    assert_eq!(described(&plan.steps[0].actions), "1.1 @27 Do it\n");
}

#[test]
fn lines_are_those_of_the_document() {
    let document = acting(COMMANDS);
    let lines: Vec<&str> = document.lines().collect();
    let plan: Plan = planned(RUBY, &document);
    let mut commands = 0;
    for item in plan.all_items() {
        let marker = lines[item.line as usize - 1].trim_start();
        assert!(
            marker.starts_with(['-', '1', '2', '3', '4', '5', '6', '7']),
            "{marker}"
        );
        if let Some(command) = &item.command {
            commands += 1;
            for (code, line) in command
                .code
                .lines()
                .zip(&lines[command.line as usize - 1..])
            {
                assert!(line.contains(code), "{line:?} does not hold {code:?}");
            }
        }
    }
    assert_eq!(commands, 6);
}
