//! Where a link leads.

use percent_encoding::percent_decode_str;

/// A relative link: a file of the repository, and a place in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relative {
    /// The path as written, decoded; empty for a place in the same file.
    pub path: String,
    /// The fragment after `#`, decoded.
    pub fragment: Option<String>,
}

/// Read a link's destination; `None` for an address with a scheme or a host, and for a path from the site's root.
#[must_use]
pub fn relative(url: &str) -> Option<Relative> {
    let mut bytes = url.bytes();
    let first = bytes.find(|byte| matches!(byte, b':' | b'/' | b'?' | b'#'));
    if first == Some(b':') || url.starts_with('/') {
        return None;
    }
    let (rest, fragment) = match url.split_once('#') {
        Some((rest, fragment)) => (rest, Some(fragment)),
        None => (url, None),
    };
    let path = rest.split('?').next().unwrap_or_default();
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    Some(Relative {
        path: decode(path),
        fragment: fragment.filter(|fragment| !fragment.is_empty()).map(decode),
    })
}

/// A path written in the file `from`, as a path from the same root as `from`; `..` stays where it leads out.
#[must_use]
pub fn resolve(from: &str, path: &str) -> String {
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_relative_links_are_followed() {
        let path = |url| relative(url).map(|link| link.path);
        assert_eq!(path("a%20b.md?plain=1#x").as_deref(), Some("a b.md"));
        assert_eq!(path("#x").as_deref(), Some(""));
        assert_eq!(path("a/b:c.md").as_deref(), Some("a/b:c.md"));
        for url in [
            "https://example.org/a.md",
            "mailto:team@example.org",
            "//example.org/a.md",
            "/a.md",
        ] {
            assert_eq!(path(url), None, "{url}");
        }
    }

    #[test]
    fn paths_are_resolved_from_the_file() {
        assert_eq!(resolve("workflows/a.md", "b.md"), "workflows/b.md");
        assert_eq!(resolve("workflows/a.md", "../docs/./b.md"), "docs/b.md");
        assert_eq!(resolve("a.md", "../b.md"), "../b.md");
        assert_eq!(resolve("../x/a.md", "../../b.md"), "../../b.md");
    }
}
