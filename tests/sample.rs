//! Workflow documents for tests that need many, or one with nothing wrong.

use crate::project::Project;

/// A document with nothing wrong, for `workflows/NAME.md`.
pub fn workflow(name: &str) -> String {
    format!(
        "\
# The {name} workflow

**FILE**: workflows/{name}.md | **PURPOSE**: Show a workflow | **OWNER**: platform | **LAST-AUDITED**: 2026-11-01

## Overview

Does what {name} does.

## Trigger

**Command**: `execute-task {name}`

**When to use**: When it is asked for.

## Prerequisites

- [ ] It is asked for

## Steps

### Step 1: Do it

**Purpose**: Have it done.

**Actions**:

1. Do it

**Verification**:

- [ ] It is done

**Rollback** (if step fails):

1. Undo it

## Success Criteria

- [ ] It is done

## Rollback Procedure

1. Undo it

## Logging

- `logs/{name}.log`
- `.memory/checkpoints/{name}_[date].md`

## Example

```console
$ true
```
"
    )
}

/// An index that lists documents of its folder.
pub fn index(names: &[&str]) -> String {
    let entries: Vec<String> = names
        .iter()
        .map(|name| format!("- [{name}]({name}.md)"))
        .collect();
    format!("# Workflows\n\n{}\n", entries.join("\n"))
}

/// A project with a `wf.toml` and these workflows, listed in the index, nothing wrong with any.
pub fn project(names: &[&str]) -> Project {
    let project = Project::new();
    project
        .write("wf.toml", "")
        .write("workflows/README.md", index(names));
    for name in names {
        project.write(&format!("workflows/{name}.md"), workflow(name));
    }
    project
}

/// A project of 60 documents with several things wrong in each, some of them with one another.
pub fn crowd() -> Project {
    let project = Project::new();
    project
        .write("wf.toml", "")
        .write("team/wf.toml", "[rules]\nmissing-title = \"info\"\n");
    for number in 0..60 {
        let name = format!("w{number:02}");
        let folder = ["workflows", "workflows/sub", "team/workflows"][number % 3];
        let twin = format!("w{:02}", number / 6 * 6);
        let text = workflow(&name).replace(
            &format!("`execute-task {name}`"),
            &format!("`execute-task {twin}`"),
        );
        let text = text
            .replace("Does", &"[none](none.md)\n".repeat(20))
            .replacen("# The", "The", number % 2);
        project.write(&format!("{folder}/{name}.md"), text);
    }
    project
}
