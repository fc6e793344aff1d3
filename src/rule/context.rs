//! A document together with all that rules may ask about it, each found when it is first asked for.

use std::cell::OnceCell;
use std::cell::RefCell;

use chrono::NaiveDate;
use rustc_hash::FxHashSet;

use crate::config::Config;
use crate::markdown::anchor;
use crate::neighbours::Neighbours;
use crate::parse::Document;
use crate::parse::command;
use crate::parse::command::Command;
use crate::parse::command::Item;
use crate::parse::input;
use crate::parse::input::Declared;
use crate::parse::item::Work;
use crate::rule::stand_in;
use crate::scaffold;
use crate::shell::Facts;
use crate::shell::Marks;
use crate::shell::Memory;
use crate::source::Span;
use crate::template::Asks;
use crate::template::FieldSpec;
use crate::template::Template;
use crate::workflow::Asked;
use crate::workflow::Content;
use crate::workflow::Field;

/// What documents of a project are judged by.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    /// The requirements.
    pub template: &'a Template,
    /// What the team has set.
    pub config: &'a Config,
    /// Today's date, UTC.
    pub today: NaiveDate,
    /// The files around.
    pub neighbours: &'a dyn Neighbours,
    /// What is kept from one document to the next.
    pub kept: &'a Kept,
}

/// What is kept from one document to the next: it is the same for all of a project.
pub struct Kept {
    /// The shell commands parsed before.
    shell: RefCell<Memory>,
    /// The template, read as a document.
    template: OnceCell<Document>,
}

impl Kept {
    /// Nothing yet. `mark` says what is to be kept of a piece of a script.
    #[must_use]
    pub fn new(mark: fn(&Facts) -> Marks) -> Self {
        Self {
            shell: RefCell::new(Memory::new(mark)),
            template: OnceCell::new(),
        }
    }
}

/// A document and what it is judged by.
pub struct Context<'a> {
    /// The document.
    pub document: &'a Document,
    /// The document's path relative to the project root, with `/`.
    pub path: &'a str,
    /// The requirements.
    pub template: &'a Template,
    /// What the team has set.
    pub config: &'a Config,
    /// Today's date, UTC.
    pub today: NaiveDate,
    /// The files around it.
    pub neighbours: &'a dyn Neighbours,
    kept: &'a Kept,
    anchors: OnceCell<FxHashSet<String>>,
    items: OnceCell<Vec<Item>>,
    commands: OnceCell<Vec<Command<'a>>>,
    inputs: OnceCell<Vec<Declared>>,
    parts: OnceCell<Vec<Part<'a>>>,
    scaffold: OnceCell<scaffold::Parts<'a>>,
}

/// A part of a document and what the template asks it to hold.
#[derive(Clone, Copy)]
pub struct Part<'a> {
    /// What it holds.
    pub content: &'a Content,
    /// What it should hold.
    pub asks: Asks,
    /// The label, if it is a field.
    pub field: Option<(&'a Field, &'a FieldSpec)>,
    /// The section or step that it is part of.
    pub asked: Asked<'a>,
}

impl<'a> Context<'a> {
    /// Bring a document together with what it is judged by.
    #[must_use]
    pub fn new(document: &'a Document, path: &'a str, setting: Setting<'a>) -> Self {
        Self {
            document,
            path,
            template: setting.template,
            config: setting.config,
            today: setting.today,
            neighbours: setting.neighbours,
            kept: setting.kept,
            anchors: OnceCell::new(),
            items: OnceCell::new(),
            commands: OnceCell::new(),
            inputs: OnceCell::new(),
            parts: OnceCell::new(),
            scaffold: OnceCell::new(),
        }
    }

    /// The items that a person or the program carries out.
    pub fn items(&self) -> &[Item] {
        self.items.get_or_init(|| {
            command::items(self.document, self.template, &self.config.run.interpreters)
        })
    }

    /// The items that are commands.
    pub fn commands(&self) -> &[Command<'a>] {
        self.commands.get_or_init(|| {
            let mut memory = self.kept.shell.borrow_mut();
            let items = self.items().iter();
            let items = items.filter(|item| matches!(item.work, Work::Line(_) | Work::Block(..)));
            let commands = items.filter_map(|&item| {
                let code = command::code(self.document, item.work)?;
                let is_shell = code.language.is_shell();
                Some(Command {
                    item,
                    script: is_shell.then(|| memory.script(&code.text)),
                    code,
                })
            });
            commands.collect()
        })
    }

    /// The commands of which a piece has one of these marks.
    pub fn commands_with(&self, marks: Marks) -> impl Iterator<Item = &Command<'a>> {
        let commands = self.commands().iter();
        commands.filter(move |command| command.has(marks))
    }

    /// The bullets of Inputs.
    pub fn inputs(&self) -> &[Declared] {
        self.inputs
            .get_or_init(|| input::inputs(self.document, self.template))
    }

    /// The template's parts as texts for this document.
    pub fn scaffold(&self) -> &scaffold::Parts<'a> {
        self.scaffold.get_or_init(|| {
            let whole = || scaffold::whole(self.template);
            let document = self.kept.template.get_or_init(whole);
            scaffold::Parts::of(self.template, document, self.path)
        })
    }

    /// The text under a span.
    #[must_use]
    pub fn text(&self, span: Span) -> &'a str {
        self.document.source.slice(span)
    }

    /// Whether a placeholder of the template, or a word that stands for one, is all or part of a text.
    #[must_use]
    pub fn is_unfilled(&self, span: Span) -> bool {
        let placeholders = &self.document.placeholders;
        let next = placeholders.partition_point(|placeholder| placeholder.start < span.start);
        let next = placeholders.get(next);
        stand_in(self.text(span)).is_some()
            || next.is_some_and(|&placeholder| span.contains(placeholder))
    }

    /// This document's own anchors.
    pub fn anchors(&self) -> &FxHashSet<String> {
        self.anchors
            .get_or_init(|| anchor::anchors(&self.document.tree, &self.document.source))
    }

    /// The sections of the template that stand here and are not empty, and the steps.
    pub fn asked(&self) -> impl Iterator<Item = Asked<'a>> {
        let template = self.template;
        let workflow = &self.document.workflow;
        let sections = workflow
            .sections
            .iter()
            .filter(|section| section.duplicate_of.is_none() && !section.is_empty);
        let sections = sections.filter_map(move |section| {
            let id = section.spec?;
            let spec = &template.sections[id];
            Some(Asked {
                body: &section.body,
                asks: spec.asks,
                fields: &spec.fields,
                heading: section.heading,
                section: id,
            })
        });
        let steps = template.steps.iter().flat_map(move |spec| {
            workflow.steps.iter().map(move |step| Asked {
                body: &step.body,
                asks: Asks::default(),
                fields: &spec.fields,
                heading: step.heading,
                section: spec.section,
            })
        });
        sections.chain(steps)
    }

    /// The contents that the template asks something of and that are not empty: sections' own, and fields'.
    pub fn parts(&self) -> &[Part<'a>] {
        self.parts.get_or_init(|| {
            let workflow = &self.document.workflow;
            let most = 8 * (workflow.sections.len() + workflow.steps.len());
            let mut parts = Vec::with_capacity(most);
            for asked in self.asked() {
                push_parts(asked, &mut parts);
            }
            parts
        })
    }
}

/// What a section or step holds itself, and what its fields hold.
fn push_parts<'a>(asked: Asked<'a>, parts: &mut Vec<Part<'a>>) {
    if !asked.body.content.is_empty() {
        parts.push(Part {
            content: &asked.body.content,
            asks: asked.asks,
            field: None,
            asked,
        });
    }
    for field in asked.body.fields() {
        if field.duplicate_of.is_some() || field.content.is_empty() {
            continue;
        }
        let spec = &asked.fields[field.spec];
        parts.push(Part {
            content: &field.content,
            asks: spec.asks,
            field: Some((field, spec)),
            asked,
        });
    }
}
