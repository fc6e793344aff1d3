//! A document made from a template: what is known is filled in, the rest stays for the author.

use crate::edit::Edit;
use crate::markdown::InlineKind;
use crate::markdown::content;
use crate::parse;
use crate::parse::Document;
use crate::scaffold;
use crate::scaffold::Facts;
use crate::source;
use crate::source::Source;
use crate::source::Span;
use crate::template::FieldSpec;
use crate::template::Template;
use crate::workflow::Body;

/// A fact that cannot stand where the template has its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unfit {
    /// Which: the name of the header's field, or `title`.
    pub place: &'static str,
}

/// Fill a template in. Optional parts become comments, and of several steps that illustrate one the first stays.
pub fn document(source: &Source, template: &Template, facts: &Facts<'_>) -> Result<String, Unfit> {
    let document = parse::document(source.clone(), template);
    let removals = removals(&document, template);
    let mut edits = title(&document, facts);
    edits.extend(header(&document, template, facts));
    edits.extend(named(&document, template, facts.name));
    if let Some((number, span)) = document.workflow.steps.first().and_then(|step| step.number)
        && number != 1
    {
        edits.push(edit(span, "1"));
    }
    let is_removed = |span: Span| removals.iter().any(|removal| removal.span.contains(span));
    edits.retain(|edit| !is_removed(edit.span));
    edits.extend(removals);
    let text = scaffold::edited(source, edits);
    verify(&text, template, facts)?;
    Ok(text)
}

fn edit(span: Span, replacement: impl Into<String>) -> Edit {
    Edit {
        span,
        replacement: replacement.into(),
    }
}

fn title(document: &Document, facts: &Facts<'_>) -> Vec<Edit> {
    let Some(title) = &document.workflow.title else {
        return Vec::new();
    };
    let mut placeholders = document.placeholders.iter();
    vec![
        match placeholders.find(|&&span| title.span.contains(span)) {
            Some(&placeholder) => edit(placeholder, facts.title),
            None => edit(title.span, format!("# {}", facts.title)),
        },
    ]
}

/// The fields of the header that facts give, those that a person has worded first.
fn known<'a>(facts: &Facts<'a>) -> Vec<(&'static str, String)> {
    let given = |text: Option<&'a str>| text.map(str::to_owned);
    let fields = [
        ("PURPOSE", given(facts.purpose)),
        ("OWNER", given(facts.owner)),
        ("FILE", given(Some(facts.file))),
        ("LAST-AUDITED", Some(facts.today.to_string())),
    ];
    let known = fields.into_iter();
    known
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

fn header(document: &Document, template: &Template, facts: &Facts<'_>) -> Vec<Edit> {
    let fields = known(facts).into_iter().filter_map(|(name, value)| {
        let field = document.workflow.header_field(template, name)?;
        Some(if field.value.is_empty() {
            let end = field.label.end();
            let colon = document.source.text()[end..].starts_with(':');
            edit(Span::at(end + usize::from(colon)), format!(" {value}"))
        } else {
            let inner = content::code_span(&document.source, field.value);
            edit(inner.unwrap_or(field.value), value)
        })
    });
    fields.collect()
}

/// The edits that put a name into the trigger's command, and wherever else its placeholder stands.
pub fn named(document: &Document, template: &Template, new: &str) -> Vec<Edit> {
    let source = &document.source;
    let field = document.workflow.field(template, "Trigger", "Command");
    let Some(value) = field.and_then(|field| field.content.text()) else {
        return Vec::new();
    };
    let value = content::value(source, value);
    let name = content::code_span(source, value).and_then(|code| {
        let text = source.slice(code);
        let mut words = ["execute-task ", "wf run "].into_iter();
        let word = words.find(|word| text.starts_with(word))?;
        Some(source.trim(Span::new(code.start() + word.len(), code.end())))
    });
    let Some(name) = name else {
        return vec![edit(value, format!("`execute-task {new}`"))];
    };
    let placeholder = source.slice(name);
    let others = document
        .placeholders
        .iter()
        .filter(|&&span| source.slice(span) == placeholder && !name.contains(span));
    std::iter::once(name)
        .chain(others.copied())
        .map(|span| edit(span, new))
        .collect()
}

/// The edits that make comments of optional parts and take the further steps out.
fn removals(document: &Document, template: &Template) -> Vec<Edit> {
    let source = &document.source;
    let workflow = &document.workflow;
    let end = source.text().len();
    let line = |at: usize| source.line_start(source.line_of(at));
    let sections = &workflow.sections;
    let mut removals: Vec<Edit> = Vec::new();
    let mut optional: Vec<Span> = Vec::new();
    for (at, section) in sections.iter().enumerate() {
        let Some(spec) = section.spec.map(|id| &template.sections[id]) else {
            continue;
        };
        if spec.optional {
            let mut after = sections[at + 1..].iter();
            let next = after.find(|next| next.level <= section.level);
            let stop = next.map_or(end, |next| line(next.heading.start()));
            optional.push(Span::new(line(section.heading.start()), stop));
        }
        optional.extend(fields(source, &section.body, &spec.fields));
    }
    if let (Some(spec), Some(step)) = (&template.steps, workflow.steps.first()) {
        optional.extend(fields(source, &step.body, &spec.fields));
    }
    if let Some(second) = workflow.steps.get(1) {
        let mut after = sections.iter();
        let next = after.find(|section| section.heading.start > second.heading.start);
        let stop = next.map_or(end, |next| line(next.heading.start()));
        removals.push(edit(Span::new(line(second.heading.start()), stop), ""));
    }
    optional.sort();
    let mut merged: Vec<Span> = Vec::new();
    for span in optional {
        match merged.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    merged.retain(|&span| !removals.iter().any(|removal| removal.span.contains(span)));
    removals.extend(
        merged
            .into_iter()
            .map(|span| edit(span, comment(document, span))),
    );
    removals
}

/// The optional fields of a body, each with all that belongs to it.
pub fn fields(source: &Source, body: &Body, specs: &[FieldSpec]) -> Vec<Span> {
    let line = |at: usize| source.line_start(source.line_of(at));
    let optional = body
        .fields()
        .iter()
        .filter(|field| specs[field.spec].optional);
    let spans = optional.map(|field| {
        let end = field.content.end as usize;
        let stop = if end == source.text().len() {
            end
        } else {
            line(end)
        };
        Span::new(line(field.label.start()), stop)
    });
    spans.collect()
}

/// Whether a comment marks what it stands behind as optional.
pub fn is_optional_mark(comment: &str) -> bool {
    let inner = comment
        .strip_prefix("<!--")
        .and_then(|text| text.strip_suffix("-->"));
    inner.is_some_and(|inner| inner.trim().eq_ignore_ascii_case("optional"))
}

/// A part of the template as a comment that an author may take off; nothing if it holds comments of its own.
fn comment(document: &Document, span: Span) -> String {
    let source = &document.source;
    let marks = document.tree.inlines.iter().filter(|inline| {
        let text = source.slice(inline.span);
        inline.kind == InlineKind::Html && span.contains(inline.span) && is_optional_mark(text)
    });
    let mut text = String::new();
    let mut done = span.start();
    for mark in marks {
        text.push_str(source.text()[done..mark.span.start()].trim_end_matches([' ', '\t']));
        done = mark.span.end();
    }
    text.push_str(&source.text()[done..span.end()]);
    if text.contains("-->") || text.contains("<!--") {
        return String::new();
    }
    let newline = source::line_end(source.text());
    let lines: Vec<&str> = text.trim().lines().map(str::trim_end).collect();
    // Fields of one line each need no blank lines between them.
    let is_short = lines
        .iter()
        .all(|line| line.is_empty() || line.starts_with("**"));
    let lines: Vec<&str> = lines
        .into_iter()
        .filter(|line| !is_short || !line.is_empty())
        .collect();
    format!(
        "<!-- Optional:{newline}{}{newline}-->{newline}{newline}",
        lines.join(newline)
    )
}

/// Whether a document says of itself what it was to say: a fact may hold marks that Markdown reads as others.
fn verify(text: &str, template: &Template, facts: &Facts<'_>) -> Result<(), Unfit> {
    let document = parse::document(Source::new(facts.file, text), template);
    let workflow = &document.workflow;
    if template.title && !workflow.title.as_ref().is_some_and(|title| title.is_first) {
        return Err(Unfit { place: "title" });
    }
    for (name, value) in known(facts) {
        if !template.header.iter().any(|field| field == name) {
            continue;
        }
        let field = workflow.header_field(template, name);
        let found = field.map(|field| {
            let inner = content::code_span(&document.source, field.value);
            document.source.slice(inner.unwrap_or(field.value))
        });
        let inner = value.trim_matches('`').trim();
        if found != Some(value.trim()) && found != Some(inner) {
            return Err(Unfit { place: name });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;
    use crate::template;

    fn facts() -> Facts<'static> {
        Facts {
            file: "workflows/ops/back-up.md",
            name: "back-up",
            title: "Back up",
            owner: Some("data"),
            purpose: None,
            today: NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day"),
        }
    }

    fn filled(text: &str, facts: &Facts<'_>) -> Result<String, Unfit> {
        let source = Source::new("template.md", text);
        let template = template::read(&source).expect("a template");
        document(&source, &template, facts)
    }

    #[test]
    fn what_is_known_is_filled_in() {
        let template = "---\nkind: runbook\n---\n# Runbook: [Name]\n\n**OWNER**: `[Team]` | **FILE**: [path] | **LAST-AUDITED**:\n\n\
            ## Trigger\n\n**Command**: `wf run [it]` or so\n\n## Example\n\n```bash\nwf run [it]\n```\n";
        assert_eq!(
            filled(template, &facts()).expect("it fits"),
            "---\nkind: runbook\n---\n# Runbook: Back up\n\n**OWNER**: `data` | **FILE**: workflows/ops/back-up.md | **LAST-AUDITED**: 2026-11-22\n\n\
             ## Trigger\n\n**Command**: `execute-task back-up`\n\n## Example\n\n```bash\nwf run [it]\n```\n"
        );
        let template = "# Runbook\n\n## Trigger\n\n**Command**: `wf run [it]`\n\n## Example\n\n```bash\nwf run [it]\n```\n";
        assert_eq!(
            filled(template, &facts()).expect("it fits"),
            "# Back up\n\n## Trigger\n\n**Command**: `wf run back-up`\n\n## Example\n\n```bash\nwf run back-up\n```\n"
        );
    }

    #[test]
    fn optional_parts_become_comments_and_one_step_stays() {
        let template = "# [T]\r\n\r\n## Do\r\n\r\n### Step 3: [Name]\r\n\r\n**A**: [a]\r\n**B**: [b] <!-- optional -->\r\n\r\n\
            **C**: <!-- optional -->\r\n\r\n- [c]\r\n\r\n**D**: [d]\r\n\r\n### Step 4: [Name]\r\n\r\n[Same]\r\n\r\n\
            ## Notes <!-- optional -->\r\n\r\n<!-- none -->\r\n\r\n[n]\r\n\r\n## Last <!-- Optional -->\r\n\r\n[l]\r\n";
        assert_eq!(
            filled(template, &facts()).expect("it fits"),
            "# Back up\r\n\r\n## Do\r\n\r\n### Step 1: [Name]\r\n\r\n**A**: [a]\r\n<!-- Optional:\r\n**B**: [b]\r\n\r\n\
             **C**:\r\n\r\n- [c]\r\n-->\r\n\r\n**D**: [d]\r\n\r\n<!-- Optional:\r\n## Last\r\n\r\n[l]\r\n-->\r\n\r\n"
                .replace("<!-- Optional:\r\n## Last\r\n\r\n[l]\r\n-->\r\n\r\n", "")
        );
    }

    #[test]
    fn what_would_be_read_as_something_else_does_not_fit() {
        let template = "# [T]\n\n**OWNER**: [Team] | **FILE**: [path]\n\n## Use\n\n[How]\n";
        let with = |owner| filled(template, &Facts { owner, ..facts() });
        for owner in ["a | **FILE**: b", "<!-- a -->", "|"] {
            assert_eq!(with(Some(owner)), Err(Unfit { place: "OWNER" }), "{owner}");
        }
        for owner in ["a | b", "`a`", "*a*", "A & B <ab@example.org>"] {
            let text = with(Some(owner)).expect("it fits");
            assert!(
                text.contains(&format!("**OWNER**: {owner} | **FILE**")),
                "{text}"
            );
        }
        let title = filled(
            template,
            &Facts {
                title: "#",
                ..facts()
            },
        );
        assert_eq!(title, Err(Unfit { place: "title" }));
    }
}
