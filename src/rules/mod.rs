//! The rules: one table, [`RULES`], and a function for each, in families.
//!
//! A rule's id is its function's name with hyphens; its page is `rules/<id>.md` and is compiled in, so a rule
//! without its page does not compile.

mod commands;
mod cycle;
mod danger;
mod directory;
mod document;
mod fields;
mod header;
mod hidden;
mod inputs;
mod mark;
mod mend;
mod order;
mod program;
mod repeat;
mod rollback;
mod sections;
mod shell;
mod steps;
mod suppressions;
mod trigger;

use crate::diagnostic::Level;
use crate::diagnostic::Severity;
use crate::nearest;
use crate::rule::Check;
use crate::rule::Rule;

const ERROR: Level = Level::On(Severity::Error);
const WARNING: Level = Level::On(Severity::Warning);
const OFF: Level = Level::Off;

macro_rules! rules {
    ($($id:literal $default:ident $check:ident $family:ident::$function:ident;)*) => {
        &[$(Rule {
            id: $id,
            default: $default,
            page: include_str!(concat!("../../rules/", $id, ".md")),
            check: Check::$check($family::$function),
        }),*]
    };
}

/// Every rule there is, by family.
pub static RULES: &[Rule] = rules! {
    "unreadable-document"     ERROR   Bytes       document::unreadable_document;
    "missing-title"           ERROR   Workflow    document::missing_title;
    "extra-title"             ERROR   Workflow    document::extra_title;
    "unfilled-placeholder"    ERROR   Both        document::unfilled_placeholder;
    "broken-link"             WARNING Both        document::broken_link;
    "missing-header"          ERROR   Workflow    header::missing_header;
    "missing-header-field"    ERROR   Both        header::missing_header_field;
    "empty-header-field"      ERROR   Both        header::empty_header_field;
    "misspelled-header-field" ERROR   Both        header::misspelled_header_field;
    "header-field-order"      WARNING Both        header::header_field_order;
    "file-path-mismatch"      ERROR   Both        header::file_path_mismatch;
    "invalid-audit-date"      ERROR   Both        header::invalid_audit_date;
    "future-audit-date"       ERROR   Both        header::future_audit_date;
    "stale-audit"             WARNING Both        header::stale_audit;
    "missing-section"         ERROR   Workflow    sections::missing_section;
    "misspelled-section"      ERROR   Workflow    sections::misspelled_section;
    "wrong-heading-level"     ERROR   Workflow    sections::wrong_heading_level;
    "misplaced-section"       WARNING Workflow    sections::misplaced_section;
    "duplicate-section"       ERROR   Workflow    sections::duplicate_section;
    "empty-section"           ERROR   Workflow    sections::empty_section;
    "missing-field"           ERROR   Workflow    sections::missing_field;
    "misspelled-field"        ERROR   Workflow    fields::misspelled_field;
    "duplicate-field"         ERROR   Workflow    fields::duplicate_field;
    "swallowed-label"         ERROR   Workflow    fields::swallowed_label;
    "empty-field"             ERROR   Workflow    fields::empty_field;
    "not-a-checklist"         ERROR   Workflow    fields::not_a_checklist;
    "not-a-numbered-list"     ERROR   Workflow    fields::not_a_numbered_list;
    "not-a-list"              ERROR   Workflow    fields::not_a_list;
    "missing-code-block"      ERROR   Workflow    fields::missing_code_block;
    "ticked-checkbox"         WARNING Workflow    fields::ticked_checkbox;
    "malformed-trigger"       ERROR   Workflow    trigger::malformed_trigger;
    "trigger-mismatch"        ERROR   Workflow    trigger::trigger_mismatch;
    "malformed-input"         ERROR   Workflow    inputs::malformed_input;
    "unused-input"            WARNING Workflow    inputs::unused_input;
    "missing-steps"           ERROR   Workflow    steps::missing_steps;
    "malformed-step-heading"  ERROR   Workflow    steps::malformed_step_heading;
    "step-out-of-sequence"    ERROR   Workflow    steps::step_out_of_sequence;
    "duplicate-step-name"     WARNING Workflow    steps::duplicate_step_name;
    "missing-step-field"      ERROR   Workflow    sections::missing_step_field;
    "missing-rollback"        ERROR   Workflow    sections::missing_rollback;
    "unjustified-waiver"      ERROR   Workflow    steps::unjustified_waiver;
    "unknown-dependency"      ERROR   Workflow    steps::unknown_dependency;
    "dependency-cycle"        ERROR   Workflow    steps::dependency_cycle;
    "invalid-step-option"     ERROR   Workflow    steps::invalid_step_option;
    "ambiguous-command"       ERROR   Workflow    commands::ambiguous_command;
    "unmarked-command"        WARNING Workflow    commands::unmarked_command;
    "detached-code-block"     ERROR   Workflow    commands::detached_code_block;
    "shell-syntax"            ERROR   Workflow    shell::shell_syntax;
    "command-placeholder"     ERROR   Workflow    shell::command_placeholder;
    "undeclared-variable"     WARNING Workflow    shell::undeclared_variable;
    "unquoted-input"          WARNING Workflow    shell::unquoted_input;
    "dangerous-command"       ERROR   Workflow    danger::dangerous_command;
    "hard-coded-secret"       ERROR   Both        commands::hard_coded_secret;
    "hidden-character"        ERROR   Workflow    hidden::hidden_character;
    "not-idempotent"          WARNING Workflow    repeat::not_idempotent;
    "duplicate-rollback"      WARNING Workflow    rollback::duplicate_rollback;
    "unverified-step"         OFF     Workflow    steps::unverified_step;
    "missing-log-file"        ERROR   Workflow    rollback::missing_log_file;
    "missing-checkpoint"      ERROR   Workflow    rollback::missing_checkpoint;
    "unsafe-log-path"         ERROR   Workflow    rollback::unsafe_log_path;
    "empty-workflow-directory" ERROR  Directory   directory::empty_workflow_directory;
    "missing-index"           WARNING Directory   directory::missing_index;
    "unlisted-workflow"       WARNING Directory   directory::unlisted_workflow;
    "dangling-index-entry"    ERROR   Index       directory::dangling_index_entry;
    "duplicate-trigger"       ERROR   Directory   directory::duplicate_trigger;
    "unused-suppression"      WARNING Suppression suppressions::unused_suppression;
    "unknown-rule"            WARNING Both        suppressions::unknown_rule;
    "unexplained-suppression" WARNING Both        suppressions::unexplained_suppression;
};

/// The rules that cannot be suppressed in the document itself, only configured.
pub const UNSUPPRESSIBLE: [&str; 6] = [
    "unreadable-document",
    "hard-coded-secret",
    "hidden-character",
    "unused-suppression",
    "unknown-rule",
    "unexplained-suppression",
];

/// The rule that speaks of texts of the template which a person has yet to replace: a fix may leave such ones.
pub const PLACEHOLDER: &str = "unfilled-placeholder";

pub use mark::marks;

/// The place in [`RULES`] of the rule of that id.
#[must_use]
pub fn find(id: &str) -> Option<usize> {
    RULES.iter().position(|rule| rule.id == id)
}

/// The id nearest to one that is not there.
#[must_use]
pub fn nearest(id: &str) -> &'static str {
    nearest::nearest(id, RULES.iter().map(|rule| rule.id)).expect("there are rules")
}
