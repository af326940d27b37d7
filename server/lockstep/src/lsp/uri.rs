//! URIs of the protocol to paths and back, as text.
//!
//! A file has many URIs: `file:///c%3A/a` and `file:///C:/a`, `%5B` and `%5b`, paths through
//! symlinks. [`crate::hub::uri`] knows which of them mean the same file.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use tower_lsp::ls_types::Uri;

use crate::hub::uri::DocumentUri;

/// The absolute path which a `file` URI means on this machine; `None` for other schemes, for other
/// hosts and for what no path can hold. A query or fragment is not part of the path.
///
/// Does not touch the file system.
pub fn to_path(uri: &Uri) -> Option<PathBuf> {
    if !uri.scheme().as_str().eq_ignore_ascii_case("file") {
        return None;
    }
    let host = uri.authority().map(|authority| authority.host()).unwrap_or_default();
    let is_local = host.is_empty() || host.eq_ignore_ascii_case("localhost");
    let bytes = uri.path().decode().to_bytes().into_owned();
    if bytes.contains(&0) {
        return None;
    }
    native_path(bytes, (!is_local).then_some(host))
}

/// A valid URI of `path`, as [`DocumentUri::of_path`] spells it.
pub fn to_uri(path: &Path) -> Uri {
    to_proto(&DocumentUri::of_path(path))
}

/// A URI of a client's, with the path that it means here.
pub(crate) fn from_proto(uri: &Uri) -> DocumentUri {
    DocumentUri::new(uri.as_str(), to_path(uri).as_deref())
}

/// The URI as the protocol has it.
pub(crate) fn to_proto(uri: &DocumentUri) -> Uri {
    #[expect(clippy::expect_used, reason = "it was one, or holds unreserved characters, / and %XX")]
    Uri::from_str(uri.as_str()).expect("a URI parses")
}

#[cfg(unix)]
fn native_path(bytes: Vec<u8>, other_host: Option<&str>) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStringExt;
    let path = PathBuf::from(std::ffi::OsString::from_vec(bytes));
    (other_host.is_none() && path.is_absolute()).then_some(path)
}

#[cfg(not(unix))]
fn native_path(bytes: Vec<u8>, other_host: Option<&str>) -> Option<PathBuf> {
    windows_path(&String::from_utf8(bytes).ok()?, other_host).map(PathBuf::from)
}

/// The Windows path of a decoded URI path: one spelling for each drive, shares by host.
#[cfg(any(not(unix), test))]
fn windows_path(decoded: &str, other_host: Option<&str>) -> Option<String> {
    let decoded = decoded.replace('/', "\\");
    if let Some(host) = other_host {
        return Some(format!("\\\\{host}{decoded}"));
    }
    let rest = decoded.trim_start_matches('\\');
    let mut characters = rest.chars();
    let letter = characters.next().filter(char::is_ascii_alphabetic)?.to_ascii_uppercase();
    let below = characters.as_str().strip_prefix(':')?;
    match below.chars().next() {
        None => Some(format!("{letter}:\\")),
        Some('\\') => Some(format!("{letter}:{below}")),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests;
