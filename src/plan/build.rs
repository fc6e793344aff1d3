//! A validated document made a plan.

use std::collections::BTreeSet;
use std::time::Duration;

use petgraph::algo::toposort;
use petgraph::graph::DiGraph;

use crate::config::Rollback;
use crate::config::Run;
use crate::lint::Project;
use crate::lint::Validated;
use crate::parse::Document;
use crate::parse::input;
use crate::parse::value;
use crate::parse::value::StepNames;
use crate::parse::value::Waiver;
use crate::plan;
use crate::plan::Input;
use crate::plan::Plan;
use crate::plan::Policy;
use crate::plan::Refusal;
use crate::plan::Settings;
use crate::plan::Step;
use crate::plan::Undo;
use crate::plan::work;
use crate::plan::work::Items;
use crate::plan::work::List;
use crate::source::Span;
use crate::template::FieldSpec;
use crate::template::StepsSpec;
use crate::workflow;
use crate::workflow::Field;

/// Make a plan of a document, or say what it lacks.
pub fn build(project: &Project, validated: &Validated) -> Result<Plan, Refusal> {
    let spec = project
        .template
        .steps
        .as_ref()
        .ok_or(Refusal::NoStepsInTemplate)?;
    duplicates(validated.document())?;
    let builder = Builder {
        project,
        document: validated.document(),
        spec,
        items: Items::of(project, validated.document())?,
    };
    let document = builder.document;
    let (logs, checkpoints) = builder.logging()?;
    Ok(Plan {
        version: plan::VERSION,
        workflow: value::stem(validated.path()).to_owned(),
        document: validated.path().to_owned(),
        sha256: plan::digest(validated.text().as_bytes()),
        title: document
            .workflow
            .title
            .as_ref()
            .map_or_else(String::new, |title| title.text.to_string()),
        inputs: builder.inputs()?,
        settings: settings(&project.config.run),
        prerequisites: builder.items.list(List::Prerequisites),
        steps: builder.steps()?,
        criteria: builder.items.list(List::Criteria),
        procedure: builder.items.list(List::Procedure),
        logs,
        checkpoints,
    })
}

/// A section that stands there twice would be half left out.
fn duplicates(document: &Document) -> Result<(), Refusal> {
    let sections = &document.workflow.sections;
    match sections
        .iter()
        .find(|section| section.duplicate_of.is_some())
    {
        None => Ok(()),
        Some(section) => Err(Refusal::Twice {
            place: work::place(document, section.heading),
            name: section.title.to_string(),
        }),
    }
}

fn settings(run: &Run) -> Settings {
    Settings {
        timeout_ms: run.timeout.map(milliseconds),
        grace_ms: milliseconds(run.grace),
        retry_delay_ms: milliseconds(run.retry_delay),
        rollback: match run.rollback {
            Rollback::Unwind => Policy::Unwind,
            Rollback::Step => Policy::Step,
        },
        max_output: run.max_output,
        env: run.env.clone(),
        record: run.record.clone(),
        errors: run.errors.clone(),
        known_errors: run.known_errors.clone(),
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

struct Builder<'a> {
    project: &'a Project,
    document: &'a Document,
    spec: &'a StepsSpec,
    items: Items,
}

impl<'a> Builder<'a> {
    fn place(&self, span: Span) -> String {
        work::place(self.document, span)
    }

    fn inputs(&self) -> Result<Vec<Input>, Refusal> {
        let declared = input::inputs(self.document, &self.project.template);
        let inputs = declared.into_iter().map(|declared| {
            let place = || self.place(declared.span);
            match (declared.input, declared.fault) {
                (Some(input), None) if input.name.starts_with("WF_") => Err(Refusal::BadInput {
                    place: place(),
                    fault: format!("`{}` is one of the names that the runner gives", input.name),
                }),
                (Some(input), None) => Ok(Input {
                    name: input.name,
                    required: input.is_required,
                    secret: input.is_secret,
                    pattern: input.pattern,
                    choices: input.choices,
                    default: input.default,
                    description: input.description,
                }),
                (_, fault) => Err(Refusal::BadInput {
                    place: place(),
                    fault: fault.unwrap_or_else(|| "it has no name".to_owned()),
                }),
            }
        });
        inputs.collect()
    }

    fn steps(&self) -> Result<Vec<Step>, Refusal> {
        let workflow = &self.document.workflow;
        if workflow.steps.is_empty() {
            let section = workflow
                .section(self.spec.section)
                .map(|section| section.heading);
            return Err(Refusal::NoSteps {
                place: self.place(section.unwrap_or_default()),
                form: self.project.template.step_form(),
            });
        }
        let after = self.dependencies()?;
        let steps = workflow.steps.iter().zip(after).enumerate();
        let steps = steps.map(|(at, (step, after))| self.step(at, step, after));
        steps.collect()
    }

    fn step(&self, at: usize, step: &workflow::Step, after: Vec<u32>) -> Result<Step, Refusal> {
        let place = || self.place(step.heading);
        let number = at as u32 + 1;
        match step.number {
            Some((found, _)) if found == number => {}
            found => {
                return Err(Refusal::Misnumbered {
                    place: place(),
                    expected: at + 1,
                    found: found.map_or_else(
                        || "has no number".to_owned(),
                        |(found, _)| format!("is numbered {found}"),
                    ),
                });
            }
        }
        if let Some(field) = step
            .body
            .fields()
            .iter()
            .find(|field| field.duplicate_of.is_some())
        {
            return Err(Refusal::Twice {
                place: self.place(field.label),
                name: self.document.source.slice(field.name).to_owned(),
            });
        }
        let actions = self.items.list(List::Actions(at));
        if actions.is_empty() {
            return Err(Refusal::NoActions {
                place: place(),
                step: number,
            });
        }
        let timeout = self.option(step, "Timeout", "timeout", value::timeout)?;
        let retries = self.option(step, "Retries", "number of retries", value::retries)?;
        let idempotent = self.option(step, "Idempotent", "`yes` or `no`", value::yes_or_no)?;
        Ok(Step {
            number,
            name: step.name.to_string(),
            line: work::line(self.document, step.heading),
            after,
            actions,
            verification: self.items.list(List::Verification(at)),
            undo: self.undo(at, step),
            timeout_ms: timeout.map(milliseconds),
            retries: retries.unwrap_or(0),
            directory: self.directory(step)?,
            idempotent: idempotent.unwrap_or(false),
        })
    }

    fn field(&self, step: &'a workflow::Step, label: &str) -> Option<&'a Field> {
        step.body.field(FieldSpec::find(&self.spec.fields, label)?)
    }

    /// The text of an option, with its place.
    fn text(&self, field: &Field) -> Option<(Span, &'a str)> {
        let span = field.content.text()?;
        Some((span, self.document.source.slice(span)))
    }

    fn option<T>(
        &self,
        step: &'a workflow::Step,
        label: &str,
        what: &'static str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Refusal> {
        let Some(field) = self.field(step, label) else {
            return Ok(None);
        };
        let (span, text) = self.text(field).unwrap_or((field.label, ""));
        let value = read(text).ok_or_else(|| Refusal::BadOption {
            place: self.place(span),
            what,
            text: text.to_owned(),
        })?;
        Ok(Some(value))
    }

    fn directory(&self, step: &'a workflow::Step) -> Result<String, Refusal> {
        let Some(field) = self.field(step, "Working directory") else {
            return Ok(String::new());
        };
        let (span, text) = self.text(field).unwrap_or((field.label, ""));
        let path = text.trim_matches('`');
        if path.is_empty() || value::path_fault(path).is_some() {
            return Err(Refusal::Outside {
                place: self.place(span),
                path: path.to_owned(),
            });
        }
        Ok(path.to_owned())
    }

    /// What undoes a step. One whose Rollback is missing, or is only told in prose, cannot be undone.
    fn undo(&self, at: usize, step: &'a workflow::Step) -> Undo {
        let items = self.items.list(List::Rollback(at));
        if !items.is_empty() {
            return Undo::Items(items);
        }
        let field = self.field(step, "Rollback");
        let waiver = field.and_then(|field| value::waiver(self.text(field)?.1));
        let reason = |reason: Option<&str>| reason.unwrap_or("no reason is given").to_owned();
        match waiver {
            Some((Waiver::None, why)) => Undo::Nothing(reason(why)),
            Some((Waiver::Irreversible, why)) => Undo::Irreversible(reason(why)),
            None => Undo::Irreversible("the document does not say how to undo it".to_owned()),
        }
    }

    /// For each step those that it waits for: the one before it, unless the document declares dependencies.
    fn dependencies(&self) -> Result<Vec<Vec<u32>>, Refusal> {
        let steps = &self.document.workflow.steps;
        let declared: Vec<Option<&Field>> = steps
            .iter()
            .map(|step| self.field(step, "Depends on"))
            .collect();
        if declared.iter().all(Option::is_none) {
            return Ok((0..steps.len() as u32)
                .map(|before| {
                    if before == 0 {
                        Vec::new()
                    } else {
                        vec![before]
                    }
                })
                .collect());
        }
        let names = StepNames::new(&self.spec.before, steps);
        let mut after = Vec::with_capacity(steps.len());
        for (at, field) in declared.into_iter().enumerate() {
            let mut own = BTreeSet::new();
            if let Some(field) = field {
                let span = field.content.text().unwrap_or(field.label);
                for reference in names.references(&self.document.source, span) {
                    let other = reference.step.filter(|&other| other != at);
                    let other = other.ok_or_else(|| Refusal::UnknownDependency {
                        place: self.place(reference.span),
                        text: self.document.source.slice(reference.span).to_owned(),
                    })?;
                    own.insert(other as u32 + 1);
                }
            }
            after.push(own.into_iter().collect::<Vec<u32>>());
        }
        let edges = after.iter().zip(1_u32..);
        let edges =
            edges.flat_map(|(own, step)| own.iter().map(move |&before| (before - 1, step - 1)));
        let graph: DiGraph<(), ()> = DiGraph::from_edges(edges);
        match toposort(&graph, None) {
            Ok(_) => Ok(after),
            Err(cycle) => {
                let at = cycle.node_id().index();
                Err(Refusal::Cycle {
                    place: self.place(steps[at].heading),
                    step: at as u32 + 1,
                })
            }
        }
    }

    /// The paths of Logging: logs and checkpoints.
    fn logging(&self) -> Result<(Vec<String>, Vec<String>), Refusal> {
        let section = self.project.template.section("Logging");
        let section = section.and_then(|id| self.document.workflow.section(id));
        let (mut logs, mut checkpoints) = (Vec::new(), Vec::new());
        for item in section
            .into_iter()
            .flat_map(|section| section.body.content.items(&self.document.tree))
        {
            for span in value::code_spans(&self.document.tree, &self.document.source, item) {
                let path = self.document.source.slice(span).to_owned();
                if value::path_fault(&path).is_some() {
                    return Err(Refusal::Outside {
                        place: self.place(span),
                        path,
                    });
                }
                let mut folders = path.rsplit('/').skip(1);
                if folders.any(|folder| folder == "checkpoints") {
                    checkpoints.push(path);
                } else if path
                    .rsplit_once('.')
                    .is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("log"))
                {
                    logs.push(path);
                }
            }
        }
        Ok((logs, checkpoints))
    }
}
