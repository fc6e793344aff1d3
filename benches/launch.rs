//! What a command costs beyond its shell: `bash` on an empty script, started plainly and through a pool, in turns;
//! and what masking its output costs.
//!
//! `cargo bench --bench launch`
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a harness for measuring: it starts processes, and a panic is all it has to say"
)]

#[cfg(unix)]
fn main() {
    let folder = tempfile::TempDir::new().unwrap();
    let mut run = unix::Run::new(folder.path());
    let mut plain: Vec<_> = Vec::new();
    let mut pooled: Vec<_> = Vec::new();
    for _ in 0..unix::ROUNDS {
        plain.push(unix::time(|_| unix::plain(folder.path())));
        pooled.push(unix::time(|at| run.command(at)));
    }
    // The shortest round is the one that was disturbed least.
    let plain = plain.into_iter().min().unwrap();
    let pooled = pooled.into_iter().min().unwrap();
    let ratio = pooled.as_secs_f64() / plain.as_secs_f64();
    println!(
        "{} commands: {plain:.1?} plainly, {pooled:.1?} through a pool, {ratio:.2} times as long",
        unix::COMMANDS
    );
    unix::mask();
}

#[cfg(not(unix))]
fn main() {}

#[cfg(unix)]
mod unix {
    use std::collections::BTreeMap;
    use std::env;
    use std::fs;
    use std::path::Path;
    use std::process::Command;
    use std::process::Stdio;
    use std::time::Duration;
    use std::time::Instant;

    use wf::mask::Masker;
    use wf::run::process::Happening;
    use wf::run::process::Launch;
    use wf::run::process::Pool;
    use wf::run::process::Settings;

    pub const COMMANDS: u32 = 100;
    pub const ROUNDS: usize = 15;

    pub fn time(mut command: impl FnMut(u32)) -> Duration {
        let start = Instant::now();
        (0..COMMANDS).for_each(&mut command);
        start.elapsed()
    }

    /// What any program would do to run a script and see what it says.
    pub fn plain(folder: &Path) {
        let script = folder.join("script");
        fs::write(&script, "true\n").unwrap();
        let output = Command::new("bash")
            .args(["-euo", "pipefail"])
            .arg(&script)
            .stdin(Stdio::null())
            .output();
        assert!(output.unwrap().status.success());
    }

    pub struct Run {
        pool: Pool,
        launch: Launch,
    }

    impl Run {
        pub fn new(folder: &Path) -> Self {
            let settings = Settings {
                run: "bench".to_owned(),
                folder: folder.join("run"),
                max_output: 16 << 20,
                grace: Duration::from_secs(5),
                masker: Masker::new([("TOKEN", "hunter22")]),
            };
            let launch = Launch {
                item: "1.1".to_owned(),
                attempt: 1,
                interpreter: ["bash", "-euo", "pipefail"].map(str::to_owned).to_vec(),
                script: "true\n".to_owned(),
                root: folder.to_owned(),
                directory: folder.to_owned(),
                environment: env::vars_os().collect::<BTreeMap<_, _>>(),
                timeout: None,
            };
            Self {
                pool: Pool::new(settings).unwrap(),
                launch,
            }
        }

        pub fn command(&mut self, attempt: u32) {
            self.launch.attempt = attempt;
            let started = self.pool.start(&self.launch).unwrap();
            self.pool.release(started.id).unwrap();
            loop {
                if let Happening::Ended(ended) = self.pool.wait(None).unwrap() {
                    assert!(ended.how.is_success());
                    return;
                }
            }
        }
    }

    /// How fast output is masked.
    pub fn mask() {
        let line = b"2026-11-23T10:00:00Z INFO copied assets/images/logo-small.png (12345 bytes) in 0.12 s\n";
        let text = line.repeat((100 << 20) / line.len());
        let lines = (10..60).map(|n| format!("{n}{}", "aB3/xY+".repeat(9)));
        let key = lines.collect::<Vec<_>>().join("\n");
        let start = Instant::now();
        let masker = Masker::new([("A", "hunter22"), ("B", "ghp_0123456789"), ("KEY", &key)]);
        let built = start.elapsed();
        let mut stream = masker.stream();
        let start = Instant::now();
        let shown: usize = text
            .chunks(64 << 10)
            .map(|piece| stream.feed(piece).len())
            .sum();
        println!(
            "masker made in {built:.1?}; {} MB masked in {:.2?}",
            shown / 1_000_000,
            start.elapsed()
        );
    }
}
