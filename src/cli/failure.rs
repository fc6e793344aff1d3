//! What can go wrong outside of the documents.

use std::io;

use miette::Diagnostic;
use thiserror::Error;

use crate::baseline::BaselineError;
use crate::config::ConfigError;
use crate::lint::Report;
use crate::lint::Unjudged;
use crate::template::TemplateError;

/// A failure of `wf` itself: the exit code is 2.
#[derive(Debug, Error, Diagnostic)]
pub enum Failure {
    #[error("cannot read `{path}`: {source}")]
    Unreadable { path: String, source: io::Error },

    #[error("cannot read `{path}`: {reason}")]
    #[diagnostic(help("`wf check` could not judge it; everything else was checked"))]
    UnreadableDocument { path: String, reason: String },

    #[error("`{path}` brings out a bug in wf: {reason}")]
    #[diagnostic(help(
        "no other document is affected; please report it, with what stands above and the document, at {}/issues",
        env!("CARGO_PKG_REPOSITORY")
    ))]
    Bug { path: String, reason: String },

    #[error("cannot read `{path}`: {reason}")]
    UnreadablePath { path: String, reason: String },

    #[error("cannot write `{path}`: {source}")]
    #[diagnostic(help("nothing was written; name another file"))]
    Unwritable { path: String, source: io::Error },

    #[error("{config}: `{path}` in `paths` is a file")]
    #[diagnostic(help(
        "name the folder that it lies in; a single document is checked by `wf check {path}`"
    ))]
    NoFolder { config: String, path: String },

    #[error("cannot write to standard output: {source}")]
    UnwritableOutput { source: io::Error },

    #[error("`--stdin-path` names `{path}`, which is a folder")]
    #[diagnostic(help(
        "name the file that standard input stands for, such as `workflows/release.md`"
    ))]
    FolderAsStandardInput { path: String },

    #[error("cannot find out the current folder: {source}")]
    NoCurrentFolder { source: io::Error },

    #[error("`{path}` is not UTF-8 text")]
    NotText { path: String },

    #[error("there is no document in {paths}")]
    #[diagnostic(help(
        "a document is a `.md` file that is neither hidden nor git-ignored; `--allow-empty` lets this pass"
    ))]
    NoDocument { paths: String },

    #[error("there is nothing to check: neither `wf.toml` nor a folder `workflows` in `{folder}`")]
    #[diagnostic(help(
        "name the documents to check, or set `paths` in wf.toml; `--allow-empty` lets this pass"
    ))]
    NothingToCheck { folder: String },

    #[error("there are no workflows: neither `wf.toml` nor a folder `workflows` in `{folder}`")]
    #[diagnostic(help("`wf init` sets a project up here; or go to the folder of one"))]
    NoWorkflows { folder: String },

    #[error("there is no workflow `{name}`")]
    #[diagnostic(help("{help}"))]
    NoWorkflow { name: String, help: String },

    #[error("`{name}` could be any of {documents}")]
    #[diagnostic(help("name the document by its path"))]
    AmbiguousWorkflow { name: String, documents: String },

    #[error("`{path}` has no LAST-AUDITED that a date could be written into")]
    #[diagnostic(help(
        "add `**LAST-AUDITED**: YYYY-MM-DD` to its header, if the template asks for it"
    ))]
    NoAuditDate { path: String },

    #[error("`{path}` is not stamped: {count}")]
    #[diagnostic(help(
        "an audit's date stands for a document that is valid: mend what is listed above"
    ))]
    NotValid { path: String, count: String },

    #[error("nothing was stamped: nobody can be asked here")]
    #[diagnostic(help("add `--yes` to write what is shown above"))]
    NotAsked,

    #[error("`{name}` cannot be a workflow's name: {fault}")]
    BadName {
        name: String,
        fault: &'static str,
        #[help]
        help: String,
    },

    #[error("`{option}` wants a text of one line")]
    #[diagnostic(help("leave the option out to fill it in later"))]
    BadText { option: &'static str },

    #[error("`{option}` does not fit into the template: it would be read as something else there")]
    #[diagnostic(help("leave out what Markdown reads as markup, such as `|`, `**` and `<!--`"))]
    Unfit { option: &'static str },

    #[error("`{path}` is there already")]
    #[diagnostic(help("nothing is overwritten: choose another name, or edit the document"))]
    DocumentExists { path: String },

    #[error("`{path}` answers to the name `{name}` already")]
    #[diagnostic(help(
        "choose another name: `_` is `-` in it, and case, a number before it and `-workflow` at its end do not count"
    ))]
    NameTaken { name: String, path: String },

    #[error("the configuration excludes `{path}`")]
    #[diagnostic(help("choose another name, or change `exclude` in wf.toml"))]
    PathExcluded { path: String },

    #[error("`{path}` would belong to another project, that in `{root}`")]
    #[diagnostic(help("run `wf new` there"))]
    OtherProject { path: String, root: String },

    #[error("no line can be added to `{path}` that lists the workflow")]
    #[diagnostic(help(
        "is there a code block or a comment in it that is never closed? Close it, or list the workflow there first"
    ))]
    Unlistable { path: String },

    #[error("nothing was written: nobody can be asked here")]
    #[diagnostic(help("`wf init --yes` writes what is listed above"))]
    NotAgreed,

    #[error("the answer cannot be read: {source}")]
    #[diagnostic(help("nothing was written; `--yes` does not ask"))]
    NoAnswer { source: io::Error },

    #[error("cannot mend `{path}`: {source}")]
    #[diagnostic(help("the file was left as it is; run it again for that one"))]
    NotMended { path: String, source: io::Error },

    #[error("cannot write `{path}`: {source}")]
    #[diagnostic(help("nothing was changed"))]
    NotWritten { path: String, source: io::Error },

    #[error("`-` wants the path that standard input stands at")]
    #[diagnostic(help("for example `wf check - --stdin-path workflows/release.md < draft.md`"))]
    NoStandardInputPath,

    #[error("`--stdin-path` wants `-` among the paths")]
    #[diagnostic(help("for example `wf check - --stdin-path workflows/release.md < draft.md`"))]
    UnusedStandardInputPath,

    #[error("SOURCE_DATE_EPOCH is `{value}`, which is no number of seconds")]
    #[diagnostic(help("unset it, or give the day with `--today YYYY-MM-DD`"))]
    BadEpoch { value: String },

    #[error("{place}the baseline `{path}` is not there")]
    #[diagnostic(help("`wf check --write-baseline` takes all findings as known and writes it"))]
    NoBaseline { place: String, path: String },

    #[error("`--write-baseline` wants a file: no wf.toml names one")]
    #[diagnostic(help(
        "set `baseline = \"wf-baseline.json\"` in wf.toml, and every check reads it; or say `--write-baseline FILE`, \
         and later `--baseline FILE`"
    ))]
    UnnamedBaseline,

    #[error("{place}: the template `{path}` is not there")]
    #[diagnostic(help("the path is read from the project root"))]
    NoTemplate { place: String, path: String },

    #[error("there is no command `{command}`")]
    #[diagnostic(help("`wf --help` lists the commands"))]
    NoCommand { command: String },

    #[error(transparent)]
    #[diagnostic(transparent)]
    Baseline(#[from] BaselineError),

    #[error(transparent)]
    #[diagnostic(transparent)]
    Config(#[from] ConfigError),

    #[error(transparent)]
    #[diagnostic(transparent)]
    Template(#[from] TemplateError),
}

/// Why documents of a report were not judged.
pub fn unjudged(report: &Report) -> impl Iterator<Item = Failure> {
    report.failures.iter().map(|(path, why)| {
        let path = path.clone();
        match why.clone() {
            Unjudged::Unread(reason) => Failure::UnreadableDocument { path, reason },
            Unjudged::Bug(reason) => Failure::Bug { path, reason },
        }
    })
}
