//! The migration of a database that is in use.

use std::fs;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use crate::project;
use crate::workflows;
use crate::workflows::Moment;
use crate::workflows::site;
use crate::workflows::site::Site;

const NAME: &str = "database_migration_workflow";
const DATABASE: &str = "target/site/data/notes.db";

fn migrate(site: &Site) -> project::Run {
    workflows::run(site.wf(), "database-migration-workflow", &[])
}

/// A site with two notes, served by a copy of the sources as they were before there was anything to migrate.
fn served() -> Site {
    let site = Site::new(NAME);
    site::copy("fixtures/service", &site.project, "former");
    let start = ["start", "target/site", "--release", "former"];
    site.control(&start).expect("it starts");
    for _ in 0..2 {
        site.ask("/notes", Some(r#"{"text": "the same"}"#));
    }
    site
}

#[test]
fn a_database_is_migrated_or_is_as_it_was() {
    let site = served();
    site.add_migration(
        "0003_pins",
        "ALTER TABLE note ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;\n",
        "ALTER TABLE note DROP COLUMN pinned;\n",
    );
    // A page that nobody committed, with a mode of its own.
    let page = site.project.path().join("fixtures/service/SCHEMA.md");
    fs::write(&page, "Not yet written.\n").unwrap();
    fs::set_permissions(&page, Permissions::from_mode(0o640)).unwrap();
    workflows::fail_everywhere(
        &site.project,
        NAME,
        &[Moment::Start, Moment::End],
        || migrate(&site),
        || site.state(),
    );
    for _ in 0..2 {
        let run = migrate(&site);
        assert_eq!(run.code, 0, "{}{}", run.out, run.err);
        assert_eq!(site.database("version", DATABASE), "3");
        let page = fs::read_to_string(&page).unwrap();
        assert!(page.contains("Schema 3,") && page.contains("| `pinned` |"));
        assert_eq!(
            site.ask("/notes", None).unwrap()["notes"][1]["text"],
            "the same"
        );
    }
}

/// Migrations that an empty database would take, and this one must not.
#[test]
fn staging_stops_what_the_rows_do_not_bear() {
    let site = served();
    let before = site.database("digest", DATABASE);
    for (up, down, item) in [
        (
            "CREATE UNIQUE INDEX note_by_text ON note (text);\n",
            "DROP INDEX note_by_text;\n",
            "2.2 ",
        ),
        ("DELETE FROM note WHERE id = 1;\n", "SELECT 1;\n", "2.2 "),
        (
            "CREATE TABLE kept AS SELECT * FROM note;\nDELETE FROM note;\n",
            "INSERT INTO note SELECT * FROM kept;\nDROP TABLE kept;\n",
            "2.verify.2 ",
        ),
    ] {
        site.add_migration("0003_bad", up, down);
        let run = migrate(&site);
        assert_eq!(run.code, 1, "{up}{}{}", run.out, run.err);
        let failed = run.out.lines().find(|line| line.starts_with("  failed "));
        assert!(
            failed.is_some_and(|it| it.contains(item)),
            "{up}{}",
            run.out
        );
        assert_eq!(site.database("digest", DATABASE), before, "{up}");
        let staging = site.project.path().join("target/site/staging");
        assert!(!staging.exists());
    }
}
