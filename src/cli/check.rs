//! `wf check`.
#![expect(
    clippy::disallowed_methods,
    reason = "this is where the environment and the clock are asked"
)]

use std::collections::BTreeSet;
use std::io;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::time::Instant;

use chrono::NaiveDate;
use indicatif::ProgressDrawTarget;

use crate::cli::Exit;
use crate::cli::arguments::CheckArguments;
use crate::cli::arguments::FailOn;
use crate::cli::baseline::Baselines;
use crate::cli::baseline::Judged;
use crate::cli::clock;
use crate::cli::collect;
use crate::cli::collect::Collector;
use crate::cli::collect::Work;
use crate::cli::failure;
use crate::cli::failure::Failure;
use crate::cli::mend;
use crate::cli::mend::Mending;
use crate::cli::progress::Progress;
use crate::cli::project::Projects;
use crate::cli::terminal;
use crate::diagnostic::Severity;
use crate::files;
use crate::files::Disk;
use crate::lint;
use crate::lint::Report;
use crate::lint::Unit;
use crate::report;
use crate::report::Format;
use crate::report::View;
use crate::report::summary;
use crate::rule::Folder;

/// Lint, write the findings, and say how it went.
pub fn run(arguments: &CheckArguments) -> Exit {
    match check(arguments) {
        Ok(exit) => exit,
        Err(failure) => {
            terminal::fail(&failure);
            Exit::Unusable
        }
    }
}

fn check(arguments: &CheckArguments) -> Result<Exit, Failure> {
    let start = Instant::now();
    let current = std::env::current_dir().map_err(|source| Failure::NoCurrentFolder { source })?;
    let today = clock::today(arguments.today)?;
    let mut collector = collected(arguments, &current, today)?;
    let mut mending = mend::work_out(&collector, arguments);
    if !arguments.diff {
        mending.write(&mut collector);
    }
    let mut baselines = Baselines::new(arguments, &current);
    let mut report = lint_all(&collector, &mut baselines)?;
    let told = baselines.finish(&mut report)?;
    if !arguments.diff {
        mending.tell(&mut report);
    }
    let failures = failures(arguments, &mut collector, &mut mending, &report);
    if !arguments.quiet {
        collector
            .notices
            .iter()
            .for_each(|notice| terminal::notice(notice));
        told.tell();
    }
    let mut view = terminal::view(!arguments.quiet);
    view.tops = tops(&collector.projects, &current);
    view.current = current;
    view.failing = least(arguments.fail_on);
    if arguments.diff {
        mending.show(&collector)?;
    } else {
        let text = mended_input(arguments, &collector);
        write(arguments, &report, view, text)?;
    }
    tell(&failures);
    let is_whole = failures.is_empty();
    if arguments.diff && !arguments.quiet {
        terminal::line(&mending.summary());
    } else if !arguments.quiet {
        conclude(arguments, &report, !is_whole, start);
    }
    let found = match arguments.diff {
        true if mending.is_empty() => Exit::Clean,
        true => Exit::Findings,
        false => exit(arguments.fail_on, &report),
    };
    Ok(found.max(if is_whole {
        Exit::Clean
    } else {
        Exit::Unusable
    }))
}

/// All that went wrong, in the order in which it is told.
fn failures(
    arguments: &CheckArguments,
    collector: &mut Collector<'_>,
    mending: &mut Mending,
    report: &Report,
) -> Vec<Failure> {
    if report.documents.is_empty()
        && collector.is_idle()
        && report.failures.is_empty()
        && !arguments.allow_empty
        && !arguments.paths.is_empty()
    {
        let names: Vec<String> = arguments
            .paths
            .iter()
            .map(|path| format!("`{}`", files::slashed(path)))
            .collect();
        collector.failures.push(Failure::NoDocument {
            paths: names.join(", "),
        });
    }
    let mut failures = std::mem::take(&mut collector.failures);
    failures.append(&mut collector.projects.failures);
    failures.append(&mut mending.failures);
    failures.extend(failure::unjudged(report));
    failures
}

/// Tell of failures, each once.
fn tell(failures: &[Failure]) {
    let mut told = BTreeSet::new();
    for failure in failures {
        if told.insert(failure.to_string()) {
            terminal::fail(failure);
        }
    }
}

/// The text of standard input, mended, where that is asked for.
fn mended_input<'a>(arguments: &CheckArguments, collector: &'a Collector<'_>) -> Option<&'a [u8]> {
    let overlay = collector.overlay.as_ref();
    let is_wanted = arguments.fix || arguments.unsafe_fixes;
    overlay
        .filter(|_| is_wanted)
        .map(|(_, _, bytes)| bytes.as_slice())
}

fn collected<'a>(
    arguments: &'a CheckArguments,
    current: &Path,
    today: NaiveDate,
) -> Result<Collector<'a>, Failure> {
    let projects = Projects::new(arguments.into(), current.to_owned(), today);
    let mut collector = Collector::new(projects, current.to_owned(), arguments);
    let dash = PathBuf::from("-");
    match (&arguments.stdin_path, arguments.paths.contains(&dash)) {
        (None, true) => return Err(Failure::NoStandardInputPath),
        (Some(_), false) => return Err(Failure::UnusedStandardInputPath),
        (Some(path), true) => {
            let bytes = files::read_standard_input().map_err(|source| Failure::Unreadable {
                path: "-".to_owned(),
                source,
            })?;
            collector.standard_input(path, bytes);
        }
        (None, false) => {}
    }
    for path in arguments.paths.iter().filter(|path| **path != dash) {
        collector.path(path);
    }
    if arguments.paths.is_empty() {
        collector.configured();
    }
    collector.work.values_mut().for_each(Work::sort);
    if arguments.verbose {
        for project in &collector.projects.list {
            terminal::notice(&collector.projects.described(project));
        }
    }
    Ok(collector)
}

/// What is to be checked in a project, by its place in the list: files, directories, and the files around them.
pub fn prepared(collector: &Collector<'_>, at: usize) -> (Vec<Unit>, Vec<Folder>, Disk) {
    let project = &collector.projects.list[at];
    let work = &collector.work[&at];
    let overlay = collector.overlay.as_ref();
    let overlay = overlay.filter(|(owner, ..)| *owner == at);
    let overlay = overlay.map(|(_, path, bytes)| (path.clone(), bytes.clone()));
    let path = overlay.as_ref().map(|(path, _)| path.as_str());
    let folders = collect::workflow_directories(project, work, path);
    let disk = collect::disk(project, overlay.as_ref());
    (work.units.clone(), folders, disk)
}

fn lint_all(collector: &Collector<'_>, baselines: &mut Baselines<'_>) -> Result<Report, Failure> {
    let total: usize = collector.work.values().map(|work| work.units.len()).sum();
    let progress = Progress::new(total);
    let start = Instant::now();
    let each = || progress.advance(start.elapsed(), ProgressDrawTarget::stderr);
    let mut report = Report::default();
    for &at in collector.work.keys() {
        let (units, folders, disk) = prepared(collector, at);
        let project = &collector.projects.list[at];
        let baseline = baselines.open(project)?;
        let judged = baseline.map(|at| (at, Judged::new(&units, &folders)));
        let mut own = lint::check(project, &units, folders, &disk, &each);
        if let Some((at, judged)) = judged {
            baselines.take(at, project, &judged, &mut own);
        }
        report.merge(own);
    }
    progress.end();
    Ok(report)
}

/// The format that is asked for, or the one for whoever reads: a file, the log of GitHub Actions, a person.
fn format(arguments: &CheckArguments) -> &'static Format {
    let is_github = || std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true");
    let default = if arguments.output_file.is_some() {
        "concise"
    } else if is_github() {
        "github"
    } else if terminal::is_output_terminal() {
        "full"
    } else {
        "concise"
    };
    arguments
        .output_format
        .unwrap_or_else(|| report::format(default).expect("the table has the defaults"))
}

/// The tops of the repositories that projects lie in: what GitHub resolves the paths of annotations against. Outside of
/// all it is the current folder.
fn tops(projects: &Projects<'_>, current: &Path) -> Vec<PathBuf> {
    let workspace = std::env::var_os("GITHUB_WORKSPACE").map(PathBuf::from);
    let roots = projects.list.iter().map(|project| &project.root);
    let tops = roots.map(|root| {
        let top = files::repository_top(root, workspace.as_deref());
        top.unwrap_or_else(|| current.to_owned())
    });
    tops.collect()
}

/// Write the findings; on standard error, where a mended text goes to standard output.
fn write(
    arguments: &CheckArguments,
    report: &Report,
    mut view: View,
    text: Option<&[u8]>,
) -> Result<(), Failure> {
    let format = format(arguments);
    if arguments.output_file.is_some() {
        (view.color, view.links, view.unicode) = (false, false, true);
    } else if text.is_some() {
        (view.color, view.links) = (terminal::has_error_color(), false);
    }
    let render = |out: &mut dyn Write| {
        (format.render)(report, &view, out)?;
        if arguments.statistics && format.is_for_people {
            report::statistics(report, view.color, out)?;
        }
        io::Result::Ok(())
    };
    if let Some(text) = text {
        terminal::write(|out| out.write_all(text))
            .map_err(|source| Failure::UnwritableOutput { source })?;
        if arguments.output_file.is_none() {
            return terminal::write_error(render)
                .map_err(|source| Failure::UnwritableOutput { source });
        }
    }
    let Some(path) = &arguments.output_file else {
        return terminal::write(render).map_err(|source| Failure::UnwritableOutput { source });
    };
    let mut bytes = Vec::new();
    render(&mut bytes).expect("writing to memory does not fail");
    files::replace(path, &bytes).map_err(|source| Failure::Unwritable {
        path: files::slashed(path),
        source,
    })
}

/// The last words, on standard error: the summary where the format has none, and the time it took.
fn conclude(arguments: &CheckArguments, report: &Report, has_failed: bool, start: Instant) {
    let format = format(arguments);
    if arguments.statistics && !format.is_for_people && !report.findings.is_empty() {
        let mut bytes = Vec::new();
        report::statistics(report, terminal::has_error_color(), &mut bytes)
            .expect("writing to memory does not fail");
        terminal::line(String::from_utf8_lossy(&bytes).trim_end());
    }
    if report.documents.is_empty() && has_failed {
        return;
    }
    let took = humantime::format_duration(std::time::Duration::from_millis(
        start.elapsed().as_millis() as u64,
    ));
    if format.name == "full" && arguments.output_file.is_none() {
        terminal::line(&format!("checked in {took}"));
    } else {
        terminal::line(&format!(
            "{} in {took}",
            summary::line(report, terminal::has_error_color())
        ));
    }
}

/// The least severity of findings that make the check fail.
fn least(fail_on: FailOn) -> Option<Severity> {
    match fail_on {
        FailOn::Error => Some(Severity::Error),
        FailOn::Warning => Some(Severity::Warning),
        FailOn::Never => None,
    }
}

fn exit(fail_on: FailOn, report: &Report) -> Exit {
    let mut findings = report.findings.iter();
    let fails =
        findings.any(|finding| least(fail_on).is_some_and(|least| finding.severity >= least));
    if fails { Exit::Findings } else { Exit::Clean }
}
