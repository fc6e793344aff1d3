//! The system's table of processes: which there are, in which groups, since when, and whose.
#![expect(
    clippy::disallowed_methods,
    reason = "the system's processes are looked up here"
)]

use std::io;

/// A process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::run::process) struct Entry {
    pub(in crate::run::process) pid: i32,
    pub(in crate::run::process) group: i32,
    /// Whether it has ended and only waits for its parent to ask how.
    pub(in crate::run::process) is_zombie: bool,
}

#[cfg(any(target_os = "linux", target_os = "android"))]
pub(in crate::run::process) use crate::run::process::table::proc::birth;
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(in crate::run::process) use crate::run::process::table::proc::entries;
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(in crate::run::process) use crate::run::process::table::proc::environment;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(in crate::run::process) use crate::run::process::table::ps::birth;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(in crate::run::process) use crate::run::process::table::ps::entries;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(in crate::run::process) use crate::run::process::table::ps::environment;

/// As the kernel shows it: proc(5).
#[cfg(any(target_os = "linux", target_os = "android"))]
mod proc {
    use std::fs;
    use std::io;
    use std::sync::OnceLock;

    use crate::run::process::table::Entry;

    /// All processes.
    pub(in crate::run::process) fn entries() -> io::Result<Vec<Entry>> {
        let mut entries = Vec::new();
        for file in fs::read_dir("/proc")? {
            let name = file?.file_name();
            let Some(pid) = name.to_str().and_then(|name| name.parse().ok()) else {
                continue;
            };
            // One that ends meanwhile is no process any more.
            if let Ok(stat) = fs::read(format!("/proc/{pid}/stat"))
                && let Some(stat) = Stat::parse(&stat)
            {
                entries.push(Entry {
                    pid,
                    group: stat.group,
                    is_zombie: matches!(stat.state, b'Z' | b'X' | b'x'),
                });
            }
        }
        Ok(entries)
    }

    /// When a process began: the boot, and the clock ticks since then. No other process of that number has it.
    pub(in crate::run::process) fn birth(pid: i32) -> io::Result<String> {
        static BOOT: OnceLock<String> = OnceLock::new();
        let stat = fs::read(format!("/proc/{pid}/stat"))?;
        let stat = Stat::parse(&stat).ok_or(io::ErrorKind::InvalidData)?;
        let boot = BOOT.get_or_init(|| {
            let id = fs::read_to_string("/proc/sys/kernel/random/boot_id");
            id.unwrap_or_default().trim().to_owned()
        });
        Ok(format!("{boot}/{}", stat.start))
    }

    /// The `NAME=value` strings with which a process was started, each ended by a NUL; none where they are not ours
    /// to see.
    pub(in crate::run::process) fn environment(pid: i32) -> Vec<u8> {
        fs::read(format!("/proc/{pid}/environ")).unwrap_or_default()
    }

    struct Stat {
        state: u8,
        group: i32,
        start: u64,
    }

    impl Stat {
        /// The program's name, in parentheses, may hold anything; what follows it are numbers.
        fn parse(text: &[u8]) -> Option<Self> {
            let end = text.iter().rposition(|&byte| byte == b')')?;
            let rest = str::from_utf8(&text[end + 1..]).ok()?;
            let mut fields = rest.split_ascii_whitespace();
            let state = *fields.next()?.as_bytes().first()?;
            let group = fields.nth(1)?.parse().ok()?;
            // Field 22, counted from 1; the state is field 3, the group field 5.
            let start = fields.nth(16)?.parse().ok()?;
            Some(Self {
                state,
                group,
                start,
            })
        }
    }
}

/// As ps(1) shows it, on systems without `/proc`. Its words for columns are POSIX's and BSD's; Linux has them too.
#[cfg(any(test, not(any(target_os = "linux", target_os = "android"))))]
mod ps {
    use std::io;
    use std::process::Command;
    use std::process::Stdio;

    use crate::run::process::table::Entry;

    /// All processes.
    pub(in crate::run::process) fn entries() -> io::Result<Vec<Entry>> {
        let shown = ps(&["-A", "-o", "pid=,pgid=,stat="])?;
        let entries = shown.lines().filter_map(|line| {
            let mut words = line.split_ascii_whitespace();
            Some(Entry {
                pid: words.next()?.parse().ok()?,
                group: words.next()?.parse().ok()?,
                is_zombie: words.next()?.starts_with(['Z', 'X']),
            })
        });
        Ok(entries.collect())
    }

    /// When a process began, to the second. No other process of that number has it.
    pub(in crate::run::process) fn birth(pid: i32) -> io::Result<String> {
        let shown = ps(&["-o", "lstart=", "-p", &pid.to_string()])?;
        let words: Vec<&str> = shown.split_ascii_whitespace().collect();
        if words.is_empty() {
            return Err(io::ErrorKind::NotFound.into());
        }
        Ok(words.join(" "))
    }

    /// The `NAME=value` strings with which a process was started, each ended by a NUL, among the words of its
    /// command; none where they are not ours to see.
    pub(in crate::run::process) fn environment(pid: i32) -> Vec<u8> {
        let options = if cfg!(target_os = "linux") {
            ["eww", "-o", "command=", "-p"]
        } else {
            ["-Eww", "-o", "command=", "-p"]
        };
        let pid = pid.to_string();
        let shown = ps(&[&options[..], &[&pid]].concat()).unwrap_or_default();
        let words: Vec<&str> = shown.split_ascii_whitespace().collect();
        (words.join("\0") + "\0").into_bytes()
    }

    fn ps(arguments: &[&str]) -> io::Result<String> {
        let output = Command::new("ps")
            .args(arguments)
            .env("LC_ALL", "C")
            .env("TZ", "UTC0")
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .output()?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

/// Whether looking at the environment of every process is cheap enough to be done again and again.
pub(in crate::run::process) const CAN_SEE_STRAYS: bool =
    cfg!(any(target_os = "linux", target_os = "android"));

/// Whether a process was started with a variable of this value.
pub(in crate::run::process) fn was_given(pid: i32, variable: &[u8]) -> bool {
    environment(pid)
        .split(|&byte| byte == 0)
        .any(|entry| entry == variable)
}

/// The processes that have not ended.
pub(in crate::run::process) fn living() -> io::Result<Vec<Entry>> {
    let mut entries = entries()?;
    entries.retain(|entry| !entry.is_zombie);
    Ok(entries)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::process::Command;
    use std::process::Stdio;

    use crate::run::process::table::Entry;
    use crate::run::process::table::entries;
    use crate::run::process::table::proc;
    use crate::run::process::table::ps;

    #[test]
    fn both_tables_say_the_same() {
        let mut child = Command::new("cat")
            .env("WF_TABLE", "this-one")
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let pid = child.id().cast_signed();
        let find = |entries: Vec<Entry>, pid| entries.into_iter().find(|entry| entry.pid == pid);
        let own = std::process::id().cast_signed();
        for pid in [pid, own, 1] {
            let found = find(proc::entries().unwrap(), pid).unwrap();
            assert_eq!(find(ps::entries().unwrap(), pid), Some(found));
        }
        for table in [proc::environment, ps::environment] {
            let environment = table(pid);
            let has = |wanted: &[u8]| {
                environment
                    .split(|&byte| byte == 0)
                    .any(|one| one == wanted)
            };
            assert!(has(b"WF_TABLE=this-one") && !has(b"WF_TABLE=this"));
        }
        for table in [proc::birth, ps::birth] {
            assert_eq!(table(pid).unwrap(), table(pid).unwrap());
            assert_ne!(table(pid).unwrap(), table(1).unwrap());
        }
        drop(child.stdin.take());
        // Ended, but its parent has not asked.
        while !find(entries().unwrap(), pid).unwrap().is_zombie {
            std::thread::yield_now();
        }
        assert!(find(ps::entries().unwrap(), pid).unwrap().is_zombie);
        child.wait().unwrap();
        assert!(find(entries().unwrap(), pid).is_none());
        assert!(proc::birth(pid).is_err() && ps::birth(pid).is_err());
    }
}
