//! `wf new`.

use crate::cli::Exit;
use crate::cli::arguments::NewArguments;
use crate::cli::clock;
use crate::cli::failure::Failure;
use crate::cli::inventory;
use crate::cli::inventory::Inventory;
use crate::cli::project;
use crate::cli::terminal;
use crate::files;
use crate::files::Change;
use crate::parse::value;
use crate::scaffold;
use crate::scaffold::Facts;
use crate::scaffold::name;
use crate::source::Source;

/// Write a document made from the template, and list it.
pub fn run(arguments: &NewArguments) -> Exit {
    match new(arguments) {
        Ok(()) => Exit::Clean,
        Err(failure) => {
            terminal::fail(&failure);
            Exit::Unusable
        }
    }
}

fn new(arguments: &NewArguments) -> Result<(), Failure> {
    let name = arguments.name.as_str();
    if let Some(fault) = name::fault(name) {
        return Err(Failure::BadName {
            name: name.to_owned(),
            fault,
            help: name::suggestion(name).map_or_else(
                || "give it the name of its process, for example `wf new release`".to_owned(),
                |near| format!("try `wf new {near}`"),
            ),
        });
    }
    for (option, text) in [
        ("--title", &arguments.title),
        ("--owner", &arguments.owner),
        ("--purpose", &arguments.purpose),
    ] {
        let Some(text) = text else { continue };
        if text.trim().is_empty() || text.contains(char::is_control) {
            return Err(Failure::BadText { option });
        }
    }
    let inventory = inventory::take(clock::today(arguments.today)?)?;
    let file = file(&inventory, name)?;
    let title = arguments.title.clone().unwrap_or_else(|| name::title(name));
    let facts = Facts {
        file: &file,
        name: name.rsplit('/').next().unwrap_or(name),
        title: title.trim(),
        owner: arguments.owner.as_deref().map(str::trim),
        purpose: arguments.purpose.as_deref().map(str::trim),
        today: inventory.project.today,
    };
    let index = index(&inventory, &facts)?;
    write(&inventory, &facts, &index)
}

/// The path of the new document, if it may be written.
fn file(inventory: &Inventory, name: &str) -> Result<String, Failure> {
    let project = &inventory.project;
    let folder = project.config.paths.first().map_or("", String::as_str);
    if !folder.is_empty() && name.starts_with(&format!("{folder}/")) {
        let rest = &name[folder.len() + 1..];
        return Err(Failure::BadName {
            name: name.to_owned(),
            fault: "it begins with the workflow directory, in which it will stand anyway",
            help: format!("try `wf new {rest}`"),
        });
    }
    let file = if folder.is_empty() {
        format!("{name}.md")
    } else {
        format!("{folder}/{name}.md")
    };
    let path = project.root.join(&file);
    let shown = project.shown(&file);
    // A dangling link is there, too.
    if files::is_there(&path) {
        return Err(Failure::DocumentExists { path: shown });
    }
    let key = value::workflow_name(value::stem(&file));
    let mut documents = inventory.documents.iter();
    if let Some(twin) = documents.find(|other| value::workflow_name(value::stem(other)) == key) {
        return Err(Failure::NameTaken {
            name: name.to_owned(),
            path: project.shown(twin),
        });
    }
    let mut above = path.ancestors().take_while(|part| *part != project.root);
    if above.any(|part| files::is_excluded(part, &project.root, &project.config.exclude)) {
        return Err(Failure::PathExcluded { path: shown });
    }
    let parent = path.parent().unwrap_or(&path);
    let owner = files::root_of(parent, &project.current, false).folder;
    if owner != project.root {
        return Err(Failure::OtherProject {
            path: shown,
            root: files::relative(&project.current, &owner),
        });
    }
    Ok(file)
}

/// The nearest index with the document listed, or a new one.
fn index(inventory: &Inventory, facts: &Facts<'_>) -> Result<Change, Failure> {
    let project = &inventory.project;
    let folder = project.config.paths.first().map_or("", String::as_str);
    let top = project.root.join(folder);
    let path = project.root.join(facts.file);
    let above = path
        .ancestors()
        .skip(1)
        .take_while(|part| part.starts_with(&top));
    let mut indexes = above.map(|folder| folder.join("README.md"));
    let Some(path) = indexes.find(|index| files::kind(index).is_ok()) else {
        let path = top.join("README.md");
        let relative = files::relative(&project.root, &path);
        let text = scaffold::fresh_index(&relative, None, facts);
        let text = inventory::listed(project, &relative, Some(text), &inventory.documents);
        return Ok(Change {
            after: text.into_bytes(),
            before: None,
            path,
        });
    };
    let relative = files::relative(&project.root, &path);
    let shown = project.shown(&relative);
    let text = project::read(&path, &shown)?;
    let before = text.clone().into_bytes();
    let after = scaffold::add(&Source::new(shown.clone(), text), &relative, facts);
    Ok(Change {
        after: after
            .ok_or(Failure::Unlistable { path: shown })?
            .into_bytes(),
        before: Some(before),
        path,
    })
}

fn write(inventory: &Inventory, facts: &Facts<'_>, index: &Change) -> Result<(), Failure> {
    let project = &inventory.project;
    let template = project::template_source(&project.root, &project.current, &project.config)?;
    let text = scaffold::document(&template, &project.template, facts).map_err(|unfit| {
        Failure::Unfit {
            option: match unfit.place {
                "OWNER" => "--owner",
                "PURPOSE" => "--purpose",
                "title" => "--title",
                _ => "NAME",
            },
        }
    })?;
    let document = Change {
        path: project.root.join(facts.file),
        before: None,
        after: text.into_bytes(),
    };
    let has_changed = index.before.as_ref() != Some(&index.after);
    let mut changes = vec![document.clone()];
    changes.extend(has_changed.then(|| index.clone()));
    files::write_together(&changes).map_err(|(path, source)| Failure::NotWritten {
        path: files::relative(&project.current, &path),
        source,
    })?;
    let file = project.shown(facts.file);
    let index = files::relative(&project.current, &index.path);
    let listed = if has_changed {
        "listed it in"
    } else {
        "it is listed in"
    };
    let told = format!("wrote {file}\n{listed} {index}\n");
    terminal::write(|out| out.write_all(told.as_bytes()))
        .map_err(|source| Failure::UnwritableOutput { source })?;
    let folder = project.config.paths.first().map_or("", String::as_str);
    let folder = project.root.join(folder);
    let (seen, _) = files::documents(&folder, &project.root, &project.config.exclude);
    if !seen.contains(&document.path) {
        terminal::notice(&format!(
            "Git ignores `{file}`, and so does `wf check` unless it is named"
        ));
    }
    terminal::notice(&format!(
        "replace what stands in square brackets; `wf check {file}` names what is left"
    ));
    Ok(())
}
