//! An index where there is none.

use crate::scaffold::Facts;
use crate::scaffold::row;

/// The index of a folder, at a path relative to the project root, that lists one document. With an owner it has a
/// header.
#[must_use]
pub fn index(path: &str, owner: Option<&str>, facts: &Facts<'_>) -> String {
    let header = owner.map_or_else(String::new, |owner| {
        format!(
            "**FILE**: {path} | **PURPOSE**: Index of the workflows | **OWNER**: {owner} | **LAST-AUDITED**: {}\n\n",
            facts.today
        )
    });
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let file = facts.file[folder.len()..].trim_start_matches('/');
    let row = format!(
        "| [{file}]({file}) | `{}` | {} |",
        facts.command(),
        row::escaped(facts.gist())
    );
    format!(
        "\
# Workflows

{header}## Overview

Each file here describes one process that is done again and again, in steps that a person or an agent can follow without asking.

## Purpose

A workflow

- takes its steps in order, each with a check at its end;
- says for each step how to undo it, or why that is not needed or not possible;
- says where its progress is noted;
- has a command by which one asks for it.

## Structure

| workflow | ask for it with | what it does |
| --- | --- | --- |
{row}

## Usage

- `wf list` shows what there is, and how old each audit is.
- `wf new NAME` writes a workflow from the template and lists it here.
- `wf check` finds what is wrong with them; `wf rule ID` explains a finding.

## Best Practices

1. **Repeatable**: a step that is run twice leaves what it leaves when it is run once.
2. **All or nothing**: a step that stopped half-way can be undone by its own rollback.
3. **Reversible**: what cannot be undone comes last, and says so.
4. **Checked**: a check is a command that fails, rather than a question to the reader.
5. **Current**: whoever has gone through a workflow and found it right sets LAST-AUDITED to that day.

This directory is never empty: write a workflow for every process that is repeated.
"
    )
}
