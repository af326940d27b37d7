//! Findings as SARIF 2.1.0, which code scanning services read.

use lockstep_analysis::profile::Severity;
use lockstep_analysis::rules::RULES;
use serde_json::{Value, json};

use crate::report::{CheckReport, ReportedFinding, ReportedRange};

/// The whole log.
pub(super) fn render(report: &CheckReport) -> Value {
    let rules: Vec<Value> = RULES
        .iter()
        .map(|rule| {
            json!({
                "id": rule.id,
                "shortDescription": { "text": rule.summary },
                "help": { "text": rule.doc, "markdown": rule.doc },
                "defaultConfiguration": { "level": level(rule.severity.name()) },
            })
        })
        .collect();
    let results: Vec<Value> = report.diagnostics.iter().map(result).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "lockstep",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": { "ROOT": { "uri": folder_uri(&report.root) } },
            "results": results,
        }],
    })
}

fn result(finding: &ReportedFinding) -> Value {
    let related: Vec<Value> = (1..)
        .zip(&finding.related)
        .map(|(id, r)| {
            let mut location = location(&r.path, r.at);
            location["id"] = id.into();
            location["message"] = json!({ "text": r.message });
            location
        })
        .collect();
    let mut result = json!({
        "ruleId": finding.rule,
        "level": level(&finding.severity),
        "message": { "text": finding.message },
        "locations": [location(&finding.path, finding.at)],
    });
    if let Some(index) = RULES.iter().position(|rule| rule.id == finding.rule) {
        result["ruleIndex"] = index.into();
    }
    if !related.is_empty() {
        result["relatedLocations"] = related.into();
    }
    result
}

fn location(path: &str, at: ReportedRange) -> Value {
    json!({ "physicalLocation": {
        "artifactLocation": { "uri": uri_path(path), "uriBaseId": "ROOT" },
        "region": {
            "startLine": at.line,
            "startColumn": at.column,
            "endLine": at.end_line,
            "endColumn": at.end_column,
        },
    }})
}

fn level(severity: &str) -> &'static str {
    match severity {
        name if name == Severity::Error.name() => "error",
        name if name == Severity::Warning.name() => "warning",
        _ => "note",
    }
}

fn folder_uri(root: &str) -> String {
    let path = uri_path(&root.replace('\\', "/"));
    format!("file:///{}/", path.trim_matches('/'))
}

/// A path as the path of a URI.
fn uri_path(path: &str) -> String {
    let mut out = String::new();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(byte.into());
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::check::testing;

    #[test]
    fn every_result_names_its_rule_and_its_place() {
        let log = render(&testing::report());
        assert_eq!(log["version"], "2.1.0");
        let run = &log["runs"][0];
        let result = &run["results"][0];
        let index = result["ruleIndex"].as_u64().expect("an index") as usize;
        assert_eq!(run["tool"]["driver"]["rules"][index]["id"], "drift");
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "specs/my%2C%20%5Bx%5D%3ATODO.md");
        assert_eq!(place["region"]["startColumn"], 15);
        assert_eq!(result["relatedLocations"][0]["message"]["text"], "says completed");
        assert_eq!(run["originalUriBaseIds"]["ROOT"]["uri"], "file:///work/");
    }
}
