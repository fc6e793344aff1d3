//! Reading the file of known errors, and replacing it.
#![expect(
    clippy::disallowed_methods,
    reason = "this is where the file of known errors is read and written"
)]

use std::fs;
use std::io;
use std::io::ErrorKind;
use std::io::Write;

use crate::files;
use crate::run::record::place::Place;

impl Place {
    /// The file's content, if it is there.
    pub fn read(&self) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.locate()?) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.failure(&error)),
        }
    }

    /// Replace the content that was read by another, on disk before this returns; the mode stays. False if somebody
    /// else was faster: then nothing is changed.
    pub fn rewrite(&self, before: Option<&[u8]>, after: &[u8]) -> io::Result<bool> {
        if self.read()?.as_deref() != before {
            return Ok(false);
        }
        let target = self.locate()?;
        if before.is_some() {
            let replaced = files::replace(&target, after);
            return replaced
                .map(|()| true)
                .map_err(|error| self.failure(&error));
        }
        let write = || {
            let folder = target.parent().expect("a file lies in a folder");
            // Made with mode 0600.
            let mut file = tempfile::Builder::new()
                .prefix(".wf-")
                .tempfile_in(folder)?;
            file.write_all(after)?;
            file.as_file().sync_all()?;
            file.persist_noclobber(&target).map_err(|error| error.error)
        };
        match write() {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(self.failure(&error)),
        }
    }

    /// Why the content cannot be used.
    pub fn fault(&self, what: &str) -> io::Error {
        let help = "mend it, move it away, or name another file by `known-errors` under `[run]` in `wf.toml`";
        self.refusal(ErrorKind::InvalidData, what, help)
    }
}
