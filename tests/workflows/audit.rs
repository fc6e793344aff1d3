//! The security audit, of a copy that is safe and of one that is not.

use std::fs;
use std::process::Command;

use serde_json::json;

use crate::project;
use crate::project::Project;
use crate::tools::Tools;
use crate::workflows;
use crate::workflows::Moment;
use crate::workflows::place;
use crate::workflows::place::State;
use crate::workflows::site;

const NAME: &str = "security_audit_workflow";

/// A copy that Git knows, with the service and the files that name dependencies.
fn copy() -> Project {
    let project = Project::new();
    project
        .write("wf.toml", "")
        .write(".gitignore", "target/\n.memory/\n")
        .write("workflows/README.md", format!("- [{NAME}]({NAME}.md)\n"))
        .write(&format!("workflows/{NAME}.md"), workflows::document(NAME))
        .write(
            "tests/tools.txt",
            "Old_Tool==1.0.0 \\\n    --hash=sha256:00\nodd==2026.1.post1\n",
        )
        .write(".ci/tools.txt", "");
    let packages = [
        ("early", "1.2.3-rc.1"),
        ("fixed", "1.2.3"),
        ("late", "1.10.0"),
    ];
    let packages = packages.map(|(name, version)| {
        format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\nsource = \"registry\"\n")
    });
    project.write("Cargo.lock", packages.concat());
    site::copy("fixtures/service", &project, "fixtures/service");
    git(&project, &["init", "--quiet"]);
    git(&project, &["add", "--all"]);
    project
}

fn git(project: &Project, arguments: &[&str]) {
    let mut git = Command::new("git");
    git.args(arguments).current_dir(project.path());
    workflows::said(&mut git);
}

/// `wf` with the audit's tools on the PATH.
fn audit(project: &Project, inputs: &[&str]) -> project::Run {
    let mut wf = project.wf();
    let tools = Tools::get().command("wf");
    let path = tools
        .get_envs()
        .find_map(|(name, value)| (name == "PATH").then_some(value?));
    wf.env("PATH", path.unwrap());
    workflows::run(wf, "security-audit-workflow", inputs)
}

fn state(project: &Project) -> State {
    let mut state = place::content(project.path(), &[]);
    state.insert(
        "processes".to_owned(),
        place::processes(project.path()).to_string(),
    );
    state
}

/// What the one audit of a copy wrote.
fn written(project: &Project, file: &str) -> String {
    let mut audits = fs::read_dir(project.path().join("target/audit")).unwrap();
    let audit = audits.next().unwrap().unwrap();
    assert!(audits.next().is_none());
    fs::read_to_string(audit.path().join(file)).unwrap()
}

#[test]
fn an_audit_is_whole_or_leaves_nothing() {
    let project = copy();
    project.write("target/.keep", "");
    workflows::fail_everywhere(
        &project,
        NAME,
        &[Moment::End],
        || audit(&project, &[]),
        || state(&project),
    );
    // A file that bandit cannot read was not looked at, whatever else it finds.
    project.write("broken.py", "def\n");
    git(&project, &["add", "broken.py"]);
    let before = state(&project);
    let run = audit(&project, &[]);
    assert_eq!(run.code, 1, "{}{}", run.out, run.err);
    assert!(run.out.contains("not read: ") && run.out.contains("broken.py"));
    workflows::assert_same(&before, &state(&project), &run.out);
    git(&project, &["rm", "--quiet", "--force", "broken.py"]);

    let run = audit(&project, &[]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    assert_eq!(place::processes(project.path()), 0);
    let report = written(&project, "report.md");
    assert!(
        report.contains("| 5 dependencies | nothing | **not checked** |"),
        "{report}"
    );
    let tasks = written(&project, "tasks.md");
    let tasks: Vec<&str> = tasks
        .lines()
        .filter(|line| line.starts_with("- [ ]"))
        .collect();
    assert_eq!(tasks, ["- [ ] 1. the dependencies were not checked"]);
}

/// Make the service unsafe in four ways, and leave a key lying about.
fn weaken(project: &Project, key: &str) {
    let service = project.path().join("fixtures/service/service.py");
    let mut text = fs::read_to_string(&service).unwrap();
    for (safe, unsafe_one) in [
        (
            "(\"WHERE tag = ?\", [tag])",
            "(f\"WHERE tag = '{tag}'\", [])",
        ),
        ("(\"X-Content-Type-Options\", \"nosniff\"),", ""),
        ("            self.check_host()\n", ""),
        ("import sys\n", "import sys\nimport pickle\n"),
    ] {
        assert!(text.contains(safe), "{safe}");
        text = text.replace(safe, unsafe_one);
    }
    fs::write(&service, text).unwrap();
    project.write("deploy.ini", format!("key = {key}\n"));
    git(project, &["add", "--all"]);
}

/// Advisories of which three hold for what is locked, one of them perhaps.
fn advise(project: &Project) {
    let advisory = |id: &str, ecosystem: &str, name: &str, affected: serde_json::Value| {
        let mut part = affected;
        part["package"] = json!({"ecosystem": ecosystem, "name": name});
        let advisory = json!({
            "id": id,
            "modified": "2026-11-20T00:00:00Z",
            "summary": format!("about {name}"),
            "affected": [part],
        });
        project.write(&format!("target/osv/{id}.json"), advisory.to_string());
    };
    let until = |fixed: &str| json!({"ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": fixed}]}]});
    advisory("OSV-1", "crates.io", "early", until("1.2.3"));
    advisory("OSV-2", "crates.io", "fixed", until("1.2.3"));
    advisory("OSV-3", "crates.io", "late", until("1.9.0"));
    advisory("OSV-4", "PyPI", "old-tool", json!({"versions": ["1.0.0"]}));
    advisory("OSV-5", "PyPI", "odd", until("2027"));
    advisory(
        "OSV-6",
        "PyPI",
        "early",
        json!({"versions": ["1.2.3-rc.1"]}),
    );
}

#[test]
fn what_is_unsafe_is_found_and_becomes_a_task() {
    let project = copy();
    // Put together here, so that this file does not hold it.
    let key = ["AKIA", "Q7JZ3WX5RT2M", "LK9P"].concat();
    weaken(&project, &key);
    advise(&project);
    // The four looks do not depend on each other.
    let run = audit(&project, &["ADVISORIES=target/osv", "--jobs", "2"]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    let tasks = written(&project, "tasks.md");
    let tasks: Vec<&str> = tasks
        .lines()
        .filter_map(|line| line.strip_prefix("- [ ] ")?.split_once(". "))
        .map(|(_, task)| task)
        .collect();
    let expected = [
        "SQL can be injected by GET tag",
        "AWS Access Key",
        "not so: other names than its own are refused",
        "OSV-1: about early",
        "OSV-5: about odd",
        "OSV-4: about old-tool",
        "not so: answers have the header X-Content-Type-Options",
        "B403: Consider possible security implications associated with pickle module.",
    ];
    for task in expected {
        assert!(tasks.contains(&task), "no {task} among {tasks:#?}");
    }
    for other in ["OSV-2", "OSV-3", "OSV-6"] {
        assert!(!tasks.iter().any(|task| task.contains(other)), "{tasks:#?}");
    }
    assert_eq!(tasks[0], expected[0], "{tasks:#?}");
    let report = written(&project, "report.md");
    assert!(
        report.contains("| 5 dependencies | 6 advisories, the newest of 2026-11-20 | 3 findings |"),
        "{report}"
    );
    assert!(!report.contains(&key) && !written(&project, "secrets.json").contains(&key));
}
