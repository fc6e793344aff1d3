//! Writing files: each whole or not at all, several of them together or none.
#![expect(clippy::disallowed_methods, reason = "this is where files are written")]

use std::fs;
use std::io;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

/// Write a file so that a reader sees the old one or the new one, whole. A symbolic link is written through.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let target = target_of(path)?;
    let folder = folder_of(&target)?;
    write_whole(&target, folder, bytes).map_err(plain)
}

/// So many symbolic links are followed one after the other: as many as Linux follows.
const MOST_LINKS: usize = 40;

/// What is written where a path is: the end of its symbolic links, which need not be there yet.
fn target_of(path: &Path) -> io::Result<PathBuf> {
    if let Ok(target) = fs::canonicalize(path) {
        return Ok(target);
    }
    let mut target = path.to_owned();
    for _ in 0..MOST_LINKS {
        let Ok(next) = fs::read_link(&target) else {
            return Ok(target);
        };
        target = target.parent().unwrap_or(Path::new("")).join(next);
    }
    Err(io::Error::other("its symbolic links lead nowhere"))
}

/// The folder of a file, which must be there: asked first, for an error that speaks of it rather than of a temporary
/// file in it.
fn folder_of(path: &Path) -> io::Result<&Path> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    fs::metadata(folder)?;
    Ok(folder)
}

/// The error of a temporary file without the name of that file, of which nobody has heard.
fn plain(error: io::Error) -> io::Error {
    match error.get_ref() {
        Some(_) => io::Error::from(error.kind()),
        None => error,
    }
}

fn write_whole(path: &Path, folder: &Path, bytes: &[u8]) -> io::Result<()> {
    // A device or a pipe has no content to replace.
    if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        return fs::OpenOptions::new()
            .write(true)
            .open(path)?
            .write_all(bytes);
    }
    filled(path, folder, bytes)?.persist(path)?;
    Ok(())
}

/// A temporary file with all bytes of the one it will be.
fn filled(path: &Path, folder: &Path, bytes: &[u8]) -> io::Result<tempfile::NamedTempFile> {
    let mut file = temporary(path).tempfile_in(folder)?;
    // What the umask took from the mode of a file that is replaced is given back.
    if let Ok(metadata) = fs::metadata(path) {
        file.as_file().set_permissions(metadata.permissions())?;
    }
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// A temporary file that gets the mode of the one it will replace.
fn temporary(path: &Path) -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".wf-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(path).map_or(0o644, |metadata| metadata.permissions().mode());
        builder.permissions(fs::Permissions::from_mode(mode));
    }
    #[cfg(not(unix))]
    let _ = path;
    builder
}

/// A file that is to be written.
#[derive(Debug, Clone)]
pub struct Change {
    /// Where.
    pub path: PathBuf,
    /// What stands there; `None` for a file that is not there yet.
    pub before: Option<Vec<u8>>,
    /// What is to stand there.
    pub after: Vec<u8>,
}

/// What was done, for taking it back.
enum Done {
    Folder(PathBuf),
    File(PathBuf),
    Replaced(PathBuf, Vec<u8>),
}

/// Write files together, with the folders above new ones. On a failure, as where a new file is there already or
/// another has changed, what was written is taken back, and the path is given with the error.
pub fn write_together(changes: &[Change]) -> Result<(), (PathBuf, io::Error)> {
    let mut done = Vec::new();
    for change in changes {
        if let Err(error) = write(change, &mut done) {
            take_back(done);
            return Err((change.path.clone(), error));
        }
    }
    Ok(())
}

fn write(change: &Change, done: &mut Vec<Done>) -> io::Result<()> {
    let path = &change.path;
    if let Some(before) = &change.before {
        if fs::read(path)? != *before {
            return Err(io::Error::other("it has changed meanwhile"));
        }
        replace(path, &change.after)?;
        done.push(Done::Replaced(path.clone(), before.clone()));
        return Ok(());
    }
    let mut missing: Vec<&Path> = path.ancestors().skip(1).collect();
    missing
        .retain(|folder| !folder.as_os_str().is_empty() && fs::symlink_metadata(folder).is_err());
    for folder in missing.into_iter().rev() {
        fs::create_dir(folder)?;
        done.push(Done::Folder(folder.to_owned()));
    }
    let folder = folder_of(path)?;
    let file = filled(path, folder, &change.after).map_err(plain)?;
    file.persist_noclobber(path)
        .map_err(|error| plain(error.error))?;
    done.push(Done::File(path.clone()));
    Ok(())
}

/// Undo what was done, the last of it first. What cannot be undone stays; the error that led here is what is told.
fn take_back(done: Vec<Done>) {
    for done in done.into_iter().rev() {
        let _ = match done {
            Done::Folder(path) => fs::remove_dir(path),
            Done::File(path) => fs::remove_file(path),
            Done::Replaced(path, before) => replace(&path, &before),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(path: PathBuf, before: Option<&str>, after: &str) -> Change {
        Change {
            path,
            before: before.map(|text| text.as_bytes().to_vec()),
            after: after.as_bytes().to_vec(),
        }
    }

    #[test]
    #[cfg(unix)]
    fn a_link_that_leads_nowhere_yet_is_written_through() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |path: &str| folder.path().join(path);
        let link = |target: &str, path: &str| {
            std::os::unix::fs::symlink(target, at(path)).expect("a link");
        };
        link("b", "a");
        link("c", "b");
        replace(&at("a"), b"1").expect("writable");
        assert_eq!(fs::read(at("c")).expect("it is there"), b"1");
        assert!(at("a").is_symlink() && at("b").is_symlink());
        link("gone/file", "lost");
        link("loop", "loop");
        for path in ["lost", "loop"] {
            assert!(replace(&at(path), b"1").is_err());
            assert!(at(path).is_symlink());
        }
    }

    #[test]
    fn files_are_written_together_or_not_at_all() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |path: &str| folder.path().join(path);
        let entries = || fs::read_dir(folder.path()).expect("a folder").count();
        fs::write(at("old"), "1").expect("a file");
        let old = change(at("old"), Some("1"), "2");
        let new = change(at("a/b/new"), None, "3");
        for (bad, kind) in [
            (change(at("old"), None, "4"), io::ErrorKind::AlreadyExists),
            (change(at("old"), Some("1"), "4"), io::ErrorKind::Other),
            (change(at("old/x"), None, "4"), io::ErrorKind::NotADirectory),
            (change(at("none"), Some("1"), "4"), io::ErrorKind::NotFound),
        ] {
            let path = bad.path.clone();
            let (place, error) =
                write_together(&[old.clone(), new.clone(), bad]).expect_err("the last one fails");
            assert_eq!((place, error.kind()), (path, kind), "{error}");
            assert_eq!(fs::read(at("old")).expect("it is there"), b"1");
            assert_eq!(entries(), 1);
        }
        write_together(&[old, new]).expect("both can be written");
        assert_eq!(fs::read(at("old")).expect("it is there"), b"2");
        assert_eq!(fs::read(at("a/b/new")).expect("it is there"), b"3");
        assert_eq!(entries(), 2);
    }
}
