//! What documents say of themselves and of their audits, for tables of them.

use anstyle::AnsiColor;
use anstyle::Style;
use chrono::NaiveDate;
use chrono::TimeDelta;

use crate::cli::inventory::Inventory;
use crate::config;
use crate::files;
use crate::lint;
use crate::lint::Project;
use crate::markdown::content;
use crate::parse;
use crate::parse::date;
use crate::parse::value;
use crate::secret;
use crate::source::Source;
use crate::workflow::Workflow;

/// A workflow. Of one that cannot be read only name, paths and note are known.
#[derive(Debug, Clone)]
pub struct Overview {
    /// The name by which it is asked for.
    pub name: String,
    /// Its path as it is shown.
    pub path: String,
    /// Its title.
    pub title: Option<String>,
    /// Whose it is.
    pub owner: Option<String>,
    /// How many steps it has.
    pub steps: Option<usize>,
    /// Its last audit.
    pub audit: Option<Audit>,
    /// Why it cannot be read.
    pub note: Option<String>,
}

/// A last audit.
#[derive(Debug, Clone, Copy)]
pub struct Audit {
    /// Its day.
    pub day: NaiveDate,
    /// How many days ago it was.
    pub age: i64,
    /// How many days are left on which it holds.
    pub left: i64,
    /// From this day on it is warned of.
    pub warns_from: NaiveDate,
    /// The last day on which it holds.
    pub holds_until: NaiveDate,
    /// How it stands.
    pub urgency: Urgency,
}

/// How a last audit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// Recent.
    Fresh,
    /// Old enough to be warned of.
    Due,
    /// Too old.
    Overdue,
    /// Later than today.
    Future,
}

impl Urgency {
    /// The word for tables and programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Due => "due",
            Self::Overdue => "overdue",
            Self::Future => "future",
        }
    }

    /// How it is shown where there are colours.
    pub fn style(self) -> Style {
        match self {
            Self::Fresh => Style::new(),
            Self::Due => AnsiColor::Yellow.on_default().bold(),
            Self::Overdue | Self::Future => AnsiColor::Red.on_default().bold(),
        }
    }
}

impl Overview {
    /// The word for how the last audit stands.
    pub fn urgency(&self) -> &'static str {
        self.audit.map_or("unknown", |audit| audit.urgency.word())
    }

    /// How many days are left, in words.
    pub fn left(&self) -> String {
        match self.audit {
            None => "-".to_owned(),
            Some(audit) => match audit.urgency {
                Urgency::Future => "in the future".to_owned(),
                Urgency::Overdue => format!("{} over", counted(-audit.left)),
                Urgency::Due | Urgency::Fresh => counted(audit.left),
            },
        }
    }

    /// How the days that are left are shown where there are colours.
    pub fn style(&self) -> Style {
        self.audit
            .map_or_else(Style::new, |audit| audit.urgency.style())
    }
}

/// So many days, in words.
pub fn counted(days: i64) -> String {
    format!("{days} day{}", if days == 1 { "" } else { "s" })
}

/// What the document at a path from the project root says.
pub fn of(inventory: &Inventory, file: &str) -> Overview {
    let project = &inventory.project;
    let mut overview = Overview {
        name: value::workflow_name(value::stem(file)),
        path: project.shown(file),
        title: None,
        owner: None,
        steps: None,
        audit: None,
        note: None,
    };
    match text(project, file) {
        Ok(text) => match lint::guarded(|| fill(overview.clone(), project, &text)) {
            Ok(filled) => return filled,
            Err(bug) => overview.note = Some(format!("cannot be read: a bug in wf: {bug}")),
        },
        Err(fault) => overview.note = Some(format!("cannot be read: {fault}")),
    }
    overview
}

/// A document's text without secrets, or why it cannot be had.
fn text(project: &Project, path: &str) -> Result<String, String> {
    let bytes = files::read(&project.root.join(path)).map_err(|error| error.to_string())?;
    let text = String::from_utf8(bytes);
    match (lint::fault(project, &text), text) {
        (Some((_, fault)), _) => Err(fault.message),
        (None, Ok(text)) => Ok(secret::masked(&text).into_owned()),
        (None, Err(error)) => Err(error.to_string()),
    }
}

fn fill(mut overview: Overview, project: &Project, text: &str) -> Overview {
    let template = &project.template;
    let document = parse::document(Source::new(&overview.path, text), template);
    let (source, workflow) = (&document.source, &document.workflow);
    let header = |name: &str| -> Option<String> {
        let span = workflow.header_field(template, name)?.value;
        let inner = content::code_span(source, span).unwrap_or(span);
        (!inner.is_empty()).then(|| source.slice(inner).to_owned())
    };
    // The name that the document gives itself, as long as it leads here.
    if let Some(name) = trigger(project, workflow, source)
        && value::workflow_name(name) == overview.name
    {
        name.clone_into(&mut overview.name);
    }
    let title = workflow.title.as_ref();
    overview.title = title.map(|title| title.text.to_string());
    overview.owner = header("OWNER");
    overview.steps = template.steps.as_ref().map(|_| workflow.steps.len());
    let day = header("LAST-AUDITED").and_then(|text| date::iso(&text));
    overview.audit = day.map(|day| audit(day, project.today, project.config.audit));
    overview
}

fn trigger<'a>(project: &Project, workflow: &Workflow, source: &'a Source) -> Option<&'a str> {
    let field = workflow.field(&project.template, "Trigger", "Command")?;
    let code = content::code_span(source, field.content.text()?)?;
    Some(value::trigger_name(source.slice(code))?.1)
}

fn audit(day: NaiveDate, today: NaiveDate, limits: config::Audit) -> Audit {
    let age = today.signed_duration_since(day).num_days();
    let (warn, most) = (
        i64::from(limits.warn_after_days),
        i64::from(limits.max_age_days),
    );
    let after = |days| {
        day.checked_add_signed(TimeDelta::days(days))
            .unwrap_or(NaiveDate::MAX)
    };
    Audit {
        day,
        age,
        left: most - age,
        warns_from: after(warn + 1),
        holds_until: after(most),
        urgency: if age < 0 {
            Urgency::Future
        } else if age > most {
            Urgency::Overdue
        } else if age > warn {
            Urgency::Due
        } else {
            Urgency::Fresh
        },
    }
}
