//! Programs from the Python Package Index, and the wheel that one of them builds from this source: made once, for
//! all tests.

use std::env;
use std::fs;
use std::fs::File;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Output;
use std::sync::OnceLock;

/// What is installed, and nothing else.
const PINNED: &str = include_str!("tools.txt");

/// Where the programs and the wheels lie.
pub struct Tools {
    /// The folder of the programs.
    programs: PathBuf,
    /// A folder with a `cargo` and a `rustc` that fail.
    without_rust: PathBuf,
    /// The folder of the pinned wheels.
    pinned: PathBuf,
    /// The folder of the wheel of this source.
    built: PathBuf,
    /// This source's wheel.
    pub wheel: PathBuf,
    /// Held to the end of the process: another one waits, and neither takes away what the other is reading.
    _lock: File,
}

impl Tools {
    /// The tools, which the first caller installs, whichever thread or process it is.
    pub fn get() -> &'static Self {
        static TOOLS: OnceLock<Result<Tools, String>> = OnceLock::new();
        match TOOLS.get_or_init(Self::make) {
            Ok(tools) => tools,
            Err(error) => panic!("{error}"),
        }
    }

    fn make() -> Result<Self, String> {
        let target = target();
        let folder = target.join("tools/python");
        let lock = target.join("tools/python.lock");
        fs::create_dir_all(lock.parent().unwrap()).unwrap();
        let lock = File::create(lock).unwrap();
        lock.lock().unwrap();
        let python = done(
            Command::new("python3").args(["-c", "import sys; print(sys.executable, sys.version)"]),
        )?;
        let wanted = format!("{}\n{PINNED}", String::from_utf8_lossy(&python.stdout));
        let mark = folder.join("installed");
        let pinned = folder.join("wheels");
        if fs::read_to_string(&mark).unwrap_or_default() != wanted {
            install(&folder, &pinned)?;
            fs::write(mark, wanted).unwrap();
        }
        let built = target.join("wheel/dist");
        let programs = folder.join("bin");
        let wheel = build(&programs, &target, &built)?;
        let without_rust = target.join("tools/without-rust");
        bar_rust(&without_rust);
        Ok(Self {
            programs,
            without_rust,
            pinned,
            built,
            wheel,
            _lock: lock,
        })
    }

    /// A program, to be run with the tools before all others, without Rust, and with nothing but the wheels to
    /// install from.
    pub fn command(&self, program: &str) -> Command {
        self.command_after(None, program)
    }

    /// As [`Self::command`], but with Rust.
    pub fn building(&self, program: &str) -> Command {
        let rust = Path::new(env!("CARGO")).parent().unwrap();
        self.command_after(Some(rust.to_owned()), program)
    }

    /// As [`Self::command`], with the programs of another folder before all.
    fn command_after(&self, folder: Option<PathBuf>, program: &str) -> Command {
        let wheels = [&self.pinned, &self.built].map(|folder| address(folder));
        let others = env::var_os("PATH").unwrap_or_default();
        let folders = [self.without_rust.clone(), self.programs.clone()];
        let folders = folder.into_iter().chain(folders);
        let path = env::join_paths(folders.chain(env::split_paths(&others))).unwrap();
        let mut command = Command::new(program);
        command
            .env("PATH", path)
            .env("PIP_NO_INDEX", "1")
            .env("PIP_FIND_LINKS", wheels.join(" "))
            .env("UV_NO_INDEX", "1")
            .env("UV_FIND_LINKS", wheels.join(","))
            .env("UV_PYTHON_DOWNLOADS", "never");
        command
    }
}

/// A virtual environment.
pub struct Environment {
    folder: PathBuf,
}

impl Environment {
    /// A new one with nothing in it but pip, in the place of what is there.
    pub fn new(folder: PathBuf) -> Self {
        let mut virtualenv = Tools::get().command("virtualenv");
        virtualenv.args(["--quiet", "--clear"]).arg(&folder);
        assert!(virtualenv.status().unwrap().success());
        Self { folder }
    }

    /// A program, to be run in it as in [`Tools::command`].
    pub fn command(&self, program: &str) -> Command {
        Tools::get().command_after(Some(self.folder.join("bin")), program)
    }
}

/// A folder as pip and uv want one in a list, where spaces part its members.
fn address(folder: &Path) -> String {
    let path = folder.to_str().unwrap();
    format!("file://{}", path.replace('%', "%25").replace(' ', "%20"))
}

/// The build's folder, below which the tests leave what they make.
pub fn target() -> PathBuf {
    let program = Path::new(env!("CARGO_BIN_EXE_wf"));
    program.ancestors().nth(2).unwrap().to_owned()
}

/// Put a `cargo` and a `rustc` into a folder that do nothing but fail.
fn bar_rust(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    for name in ["cargo", "rustc"] {
        let program = folder.join(name);
        let script = "#!/bin/sh\necho 'Rust is not to be used here' >&2\nexit 97\n";
        fs::write(&program, script).unwrap();
        fs::set_permissions(&program, Permissions::from_mode(0o755)).unwrap();
    }
}

/// Install the pinned programs into a virtual environment, and keep their wheels.
fn install(folder: &Path, wheels: &Path) -> Result<(), String> {
    if folder.exists() {
        fs::remove_dir_all(folder).unwrap();
    }
    done(Command::new("python3").args(["-m", "venv"]).arg(folder))?;
    let pinned = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools.txt");
    let pip = |verb: &str| {
        let mut command = Command::new(folder.join("bin/python"));
        command
            .args(["-m", "pip", verb, "--quiet", "--disable-pip-version-check"])
            .args([
                "--only-binary",
                ":all:",
                "--require-hashes",
                "--requirement",
            ])
            .arg(&pinned);
        command
    };
    done(pip("download").arg("--dest").arg(wheels))?;
    done(
        pip("install")
            .arg("--no-index")
            .arg("--find-links")
            .arg(wheels),
    )?;
    Ok(())
}

/// Build this source's wheel, with all that the build of the tests has compiled already.
fn build(programs: &Path, target: &Path, built: &Path) -> Result<PathBuf, String> {
    if built.exists() {
        fs::remove_dir_all(built).unwrap();
    }
    let profile = match Path::new(env!("CARGO_BIN_EXE_wf")).parent().unwrap() {
        folder if folder.ends_with("debug") => "dev",
        folder => folder.file_name().unwrap().to_str().unwrap(),
    };
    // What cargo compiles goes where it lies already; the programs go elsewhere, for tests are running those there.
    let compiled = env::var_os("CARGO_BUILD_BUILD_DIR").unwrap_or_else(|| target.into());
    done(
        Command::new(programs.join("maturin"))
            .args(["build", "--quiet", "--profile", profile])
            .arg("--target-dir")
            .arg(target.join("wheel"))
            .arg("--out")
            .arg(built)
            .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("wheel"))
            .env("CARGO_BUILD_BUILD_DIR", compiled),
    )?;
    let wheels: Vec<PathBuf> = fs::read_dir(built)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(wheels.len(), 1, "{wheels:?}");
    Ok(wheels[0].clone())
}

/// Run a command that works, or say why these tests cannot be run.
fn done(command: &mut Command) -> Result<Output, String> {
    let why = match command.output() {
        Ok(output) if output.status.success() => return Ok(output),
        Ok(output) => {
            let said = [&output.stdout[..], &output.stderr].map(String::from_utf8_lossy);
            format!("{}\n{}", output.status, said.concat())
        }
        Err(error) => error.to_string(),
    };
    Err(format!(
        "The tests of Git hooks and the wheel need python3 (3.11 or later, with its module venv) and PyPI, \
         or another index that pip is configured for.\n{command:?}: {why}"
    ))
}
