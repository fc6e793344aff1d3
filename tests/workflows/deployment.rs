//! The deployment, from nothing to a first version, and from one version to the next.

use serde_json::json;

use crate::project;
use crate::workflows;
use crate::workflows::Moment;
use crate::workflows::site::Site;

const NAME: &str = "deployment_workflow";

fn deploy(site: &Site, version: &str, samples: u32) -> project::Run {
    let inputs = [format!("VERSION={version}"), format!("SAMPLES={samples}")];
    workflows::run(
        site.wf(),
        "deployment-workflow",
        &inputs.each_ref().map(String::as_str),
    )
}

fn succeed(site: &Site, version: &str, schema: u32) {
    let run = deploy(site, version, 2);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    let health = json!({"status": "ok", "version": version, "schema": schema, "errors": 0});
    assert_eq!(site.ask("/health", None), Some(health));
    let mut manifest = site.command("sha256sum");
    manifest
        .args(["--check", "--strict", "MANIFEST"])
        .current_dir(site.project.path().join("target/site/current"));
    let sums = workflows::said(&mut manifest);
    assert!(sums.contains("./service.py: OK"), "{sums}");
}

/// A site with nothing but a database, and then with the version 1.0.0.
#[test]
fn a_first_version_is_deployed_or_nothing_is() {
    let site = Site::new(NAME);
    let before = site.state();
    let whole = workflows::document(NAME);
    let document = format!("workflows/{NAME}.md");
    let last = workflows::steps(&whole);
    let broken = workflows::broken(&whole, last, Moment::End);
    site.project.write(&document, broken);
    let run = deploy(&site, "1.0.0", 1);
    site.project.write(&document, whole);
    assert_eq!(run.code, 1, "{}{}", run.out, run.err);
    workflows::assert_same(&before, &site.state(), &run.out);
    succeed(&site, "1.0.0", 2);
}

#[test]
fn a_next_version_is_deployed_or_the_former_one_serves_on() {
    let site = Site::new(NAME);
    succeed(&site, "1.0.0", 2);
    site.ask("/notes", Some(r#"{"text": "kept", "tag": "a"}"#));
    site.add_migration(
        "0003_pins",
        "ALTER TABLE note ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;\n",
        "ALTER TABLE note DROP COLUMN pinned;\n",
    );
    site.document_schema();
    workflows::fail_everywhere(
        &site.project,
        NAME,
        &[Moment::Start, Moment::End],
        || deploy(&site, "1.1.0", 1),
        || site.state(),
    );
    // Nothing of it is in the way of the real one, nor of doing it again.
    for _ in 0..2 {
        succeed(&site, "1.1.0", 3);
    }
    let notes = site.ask("/notes?tag=a", None).unwrap();
    assert_eq!(notes["notes"][0]["text"], "kept");
    // A version that was built is not built again of other files, and the one that serves stays.
    site.project
        .write("fixtures/service/config.toml", "port = 1\n");
    let before = site.state();
    let run = deploy(&site, "1.1.0", 1);
    assert_eq!(run.code, 1, "{}{}", run.out, run.err);
    workflows::assert_same(&before, &site.state(), &run.out);
}
