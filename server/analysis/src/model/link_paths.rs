//! Where links lead.

/// The part of a link target that names a file: no fragment, no query, no angle brackets, percent
/// signs decoded; `None` for anything but a relative path.
pub(crate) fn link_path(target: &str) -> Option<String> {
    let target = target.trim().trim_start_matches('<').trim_end_matches('>');
    let path = target.split(['#', '?']).next().unwrap_or_default();
    let scheme = path.find(':').is_some_and(|at| {
        at > 1 && path[..at].chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    });
    if path.is_empty() || scheme || path.starts_with(['/', '~', '$', '{']) || path.contains("://") {
        return None;
    }
    Some(percent_decode(path))
}

fn percent_decode(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = (bytes[at] == b'%')
            .then(|| text.get(at + 1..at + 3))
            .flatten()
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        out.push(code.unwrap_or(bytes[at]));
        at += if code.is_some() { 3 } else { 1 };
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

/// `folder/target` with `.` and `..` resolved; `None` where it leaves the root.
pub(crate) fn join(folder: &str, target: &str) -> Option<String> {
    if !folder.is_empty() && target.split('/').all(|part| !matches!(part, "" | "." | "..")) {
        return Some(format!("{folder}/{target}"));
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
