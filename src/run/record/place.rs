//! Where a file of the record stands, and writing it there: inside the project, whatever links are on the way.
#![expect(
    clippy::disallowed_methods,
    reason = "this is where the files that people read of a run are written"
)]

use std::fs;
use std::fs::DirBuilder;
use std::fs::File;
use std::fs::Metadata;
use std::fs::OpenOptions;
use std::io;
use std::io::ErrorKind;
use std::io::Read;
use std::io::Write;
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::fs::FileExt;
use std::os::unix::fs::MetadataExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::path::PathBuf;

use crate::files;

/// What stands in the way of a file.
const LINK: &str = "is a link that leads out of the project";
const DANGLING: &str = "is a link that leads nowhere";
/// How far before its end a log is searched for a line, in bytes: other runs may have written since.
const NEAR_END: u64 = 1 << 20;
const NO_FOLDER: &str = "is a file, where a folder is wanted";

/// A path of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The project root, links resolved.
    root: PathBuf,
    /// The path below it, plain.
    path: PathBuf,
    /// Where another one can be named.
    named_in: String,
}

impl Place {
    /// The file at a path relative to the project root, which `named_in` names.
    pub fn new(root: &Path, path: &str, named_in: &str) -> io::Result<Self> {
        let root = fs::canonicalize(root).map_err(|error| {
            io::Error::new(
                error.kind(),
                format!("cannot read `{}`: {error}", root.display()),
            )
        })?;
        let whole = files::normal(&root, Path::new(path));
        let place = Self {
            path: whole
                .strip_prefix(&root)
                .unwrap_or(Path::new(""))
                .to_owned(),
            root,
            named_in: named_in.to_owned(),
        };
        if place.path.as_os_str().is_empty() || is_in_git(&place.path) {
            let what = format!(
                "cannot write `{path}`: it is no path of a file inside the project, outside `.git`"
            );
            let help = place.elsewhere();
            return Err(io::Error::new(
                ErrorKind::InvalidInput,
                format!("{what}; {help}"),
            ));
        }
        Ok(place)
    }

    /// The path, relative to the project root.
    #[must_use]
    pub fn path(&self) -> String {
        files::slashed(&self.path)
    }

    /// Prove that the file can be replaced, without touching it. One that does not begin with `mark` was not written
    /// by this program, and stays.
    pub fn prove(&self, mark: &str) -> io::Result<()> {
        let target = self.locate()?;
        let prove = || {
            let folder = target.parent().expect("a file lies in a folder");
            tempfile::Builder::new()
                .prefix(".wf-")
                .tempfile_in(folder)?
                .close()?;
            let mut start = Vec::new();
            match File::open(&target) {
                Ok(file) => file.take(mark.len() as u64).read_to_end(&mut start)?,
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(true),
                Err(error) => return Err(error),
            };
            Ok(start.is_empty() || start == mark.as_bytes())
        };
        if prove().map_err(|error| self.failure(&error))? {
            return Ok(());
        }
        let help = format!("move it away, or name another path in {}", self.named_in);
        let what = "it holds something else than this program writes there";
        Err(self.refusal(ErrorKind::AlreadyExists, what, &help))
    }

    /// Replace the file: a reader sees the old one or the new one, whole. With `is_synced` that holds after a loss of
    /// power, too.
    pub fn replace(&self, text: &str, is_synced: bool) -> io::Result<()> {
        let target = self.locate()?;
        let replace = || {
            let folder = target.parent().expect("a file lies in a folder");
            // Made with mode 0600.
            let mut file = tempfile::Builder::new()
                .prefix(".wf-")
                .tempfile_in(folder)?;
            file.write_all(text.as_bytes())?;
            if is_synced {
                file.as_file().sync_data()?;
            }
            file.persist(&target)?;
            Ok(())
        };
        replace().map_err(|error| self.failure(&error))
    }

    /// Open the file to append to it.
    pub fn append(&self) -> io::Result<Log> {
        let target = self.locate()?;
        let open = || {
            let mut options = OpenOptions::new();
            let file = options
                .read(true)
                .append(true)
                .create(true)
                .mode(0o600)
                .open(&target)?;
            let data = file.metadata()?;
            Ok(Log {
                place: self.clone(),
                is_torn: alone(&file, || is_torn(&file))?,
                owed: None,
                identity: (data.dev(), data.ino()),
                file,
            })
        };
        open().map_err(|error| self.failure(&error))
    }

    /// The file's path, links resolved, its folder made. What stands there must be a file, if anything.
    pub(in crate::run::record) fn locate(&self) -> io::Result<PathBuf> {
        let mut path = self.root.clone();
        let mut parts = self.path.iter().peekable();
        while let Some(part) = parts.next() {
            path.push(part);
            let is_last = parts.peek().is_none();
            match fs::symlink_metadata(&path) {
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    if !is_last {
                        make(&path).map_err(|error| self.failure(&error))?;
                    }
                }
                Err(error) => return Err(self.failure(&error)),
                Ok(data) => {
                    let data = if data.is_symlink() {
                        self.follow(&mut path)?
                    } else {
                        data
                    };
                    self.check(&path, &data, is_last)?;
                }
            }
        }
        Ok(path)
    }

    /// Take a link to where it leads, which must be inside the project.
    fn follow(&self, path: &mut PathBuf) -> io::Result<Metadata> {
        let name = self.shown(path);
        let refuse = |what: &str| {
            let help = format!("put a folder or a file there, or {}", self.elsewhere());
            self.refusal(ErrorKind::InvalidInput, &format!("`{name}` {what}"), &help)
        };
        let real = match fs::canonicalize(&*path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(refuse(DANGLING)),
            Err(error) => return Err(self.failure(&error)),
            Ok(real) => real,
        };
        match real.strip_prefix(&self.root) {
            Ok(inside) if !is_in_git(inside) => {}
            _ => return Err(refuse(LINK)),
        }
        *path = real;
        fs::metadata(&*path).map_err(|error| self.failure(&error))
    }

    fn check(&self, path: &Path, data: &Metadata, is_last: bool) -> io::Result<()> {
        let what = match (is_last, data.is_dir(), data.is_file()) {
            (false, true, _) | (true, _, true) => return Ok(()),
            (false, ..) => format!("`{}` {NO_FOLDER}", self.shown(path)),
            (true, true, _) => "it is a folder".to_owned(),
            (true, ..) => "it is a device or a pipe".to_owned(),
        };
        let help = format!("move it away, or {}", self.elsewhere());
        Err(self.refusal(ErrorKind::InvalidInput, &what, &help))
    }

    /// A path below the root as it is shown.
    fn shown(&self, path: &Path) -> String {
        files::slashed(path.strip_prefix(&self.root).unwrap_or(path))
    }

    fn elsewhere(&self) -> String {
        format!("name another path in {}", self.named_in)
    }

    pub(in crate::run::record) fn refusal(
        &self,
        kind: ErrorKind,
        what: &str,
        help: &str,
    ) -> io::Error {
        let path = self.path();
        io::Error::new(kind, format!("cannot write `{path}`: {what}; {help}"))
    }

    /// The system's refusal, with what can be done about it.
    pub(in crate::run::record) fn failure(&self, error: &io::Error) -> io::Error {
        // A temporary file's error names that file, of which nobody has heard.
        let what = match error.raw_os_error().or_else(|| inner(error)) {
            Some(code) => io::Error::from_raw_os_error(code).to_string(),
            None => error.kind().to_string(),
        };
        let help = match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
                "make room on that disk".to_owned()
            }
            _ => format!("let this user write there, or {}", self.elsewhere()),
        };
        self.refusal(error.kind(), &what, &help)
    }
}

/// The system's code in an error that `tempfile` wrapped.
fn inner(error: &io::Error) -> Option<i32> {
    let source = std::error::Error::source(error.get_ref()?)?;
    source.downcast_ref::<io::Error>()?.raw_os_error()
}

fn make(folder: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(folder) {
        // Another run was faster.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        result => result,
    }
}

fn is_in_git(path: &Path) -> bool {
    let first = path.iter().next();
    first.is_some_and(|first| first.eq_ignore_ascii_case(".git"))
}

/// Whether a file ends in the middle of a line: a write to it was cut off. Asked while no other run writes to it, since
/// half of a long line can be seen while it is written.
fn is_torn(file: &File) -> io::Result<bool> {
    let length = file.metadata()?.len();
    let mut last = [b'\n'];
    Ok(length > 0 && (file.read_at(&mut last, length - 1).is_err() || last != [b'\n']))
}

/// Do something with a file while no other run does. Where the file system knows no locks, it is done all the same:
/// lines stay whole, and at worst an empty one stands between them.
fn alone<T>(file: &File, act: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    let lock = file.lock();
    let done = act();
    lock.and_then(|()| file.unlock()).ok();
    done
}

/// A log file. Each line is one write at its end, so that the lines of concurrent runs stay whole.
#[derive(Debug)]
pub struct Log {
    place: Place,
    file: File,
    /// Device and number of the file.
    identity: (u64, u64),
    /// Whether its last line has no end.
    is_torn: bool,
    /// A line that has to come before the next one.
    owed: Option<String>,
}

impl Log {
    /// Append a line, which ends with its line end.
    pub fn append(&mut self, line: &str) -> io::Result<()> {
        let torn = if std::mem::take(&mut self.is_torn) {
            "\n"
        } else {
            ""
        };
        let owed = self.owed.take().unwrap_or_default();
        let text = [torn, &owed, line].concat();
        let written = alone(&self.file, || (&self.file).write_all(text.as_bytes()));
        written.map_err(|error| {
            self.is_torn = true;
            self.place.failure(&error)
        })
    }

    /// Append a line before the next one, unless it is one of the last that stand there.
    pub fn owe(&mut self, line: &str) -> io::Result<()> {
        let length = self.file.metadata().map(|data| data.len());
        let is_there = length.and_then(|length| {
            let start = length.saturating_sub(NEAR_END + line.len() as u64);
            let mut end = vec![0; (length - start) as usize];
            self.file.read_exact_at(&mut end, start)?;
            Ok(memchr::memmem::find(&end, line.as_bytes()).is_some())
        });
        let is_there = is_there.map_err(|error| self.place.failure(&error))?;
        self.owed = (!is_there).then(|| line.to_owned());
        Ok(())
    }

    /// Make the file anew if it was moved or removed meanwhile: by a rotation of logs, or by a command of the run.
    pub fn keep_in_place(&mut self) -> io::Result<()> {
        let path = self.place.root.join(&self.place.path);
        let is_there =
            fs::metadata(path).is_ok_and(|data| (data.dev(), data.ino()) == self.identity);
        if !is_there {
            let owed = self.owed.take();
            *self = self.place.append()?;
            self.owed = owed;
        }
        Ok(())
    }

    /// Whether it is the same file as another, by whatever path.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.identity == other.identity
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A log whose disk is full.
    #[test]
    #[cfg(target_os = "linux")]
    fn a_full_disk_is_told_with_the_path_and_what_to_do() {
        let project = tempfile::tempdir().expect("a folder");
        let place = Place::new(project.path(), "logs/info.log", "the section").expect("inside");
        let mut log = place.append().expect("writable");
        log.file = OpenOptions::new()
            .append(true)
            .open("/dev/full")
            .expect("Linux has it");
        let error = log.append("a line\n").expect_err("no room");
        assert_eq!(
            error.to_string(),
            "cannot write `logs/info.log`: No space left on device (os error 28); make room on that disk"
        );
    }

    #[test]
    fn a_line_that_was_cut_off_is_ended_first() {
        let project = tempfile::tempdir().expect("a folder");
        fs::write(project.path().join("a.log"), "whole\ntor").expect("writable");
        let place = Place::new(project.path(), "a.log", "the section").expect("inside");
        let mut log = place.append().expect("writable");
        log.append("one\n").expect("written");
        log.append("two\n").expect("written");
        let text = fs::read_to_string(project.path().join("a.log")).expect("readable");
        assert_eq!(text, "whole\ntor\none\ntwo\n");
    }

    #[test]
    fn a_path_is_of_a_file_inside_the_project() {
        let project = tempfile::tempdir().expect("a folder");
        for path in [
            "",
            ".",
            "../a.log",
            "/etc/a.log",
            ".git/a.log",
            "x/../.git/a.log",
        ] {
            let error = Place::new(project.path(), path, "the section").expect_err(path);
            assert!(
                error
                    .to_string()
                    .contains("name another path in the section"),
                "{error}"
            );
        }
        let place = Place::new(project.path(), "./x/../y/a.log", "the section").expect("inside");
        assert_eq!(place.path(), "y/a.log");
    }
}
