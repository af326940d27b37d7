//! What `init --agents` has for the clients of agents that it finds here.

use std::path::{Path, PathBuf};

use crate::cli::guidance::{self, Guidance};
use crate::cli::output::{DIM, YELLOW, one_line, paint};
use crate::cli::priming::guidance_in;
use crate::cli::{Context, Exit, UserError};

/// A client: how it is found, and which file holds its hooks.
struct AgentClient {
    name: &'static str,
    /// Any of these says that it is used here.
    signs: &'static [&'static str],
    settings: &'static str,
    text: &'static str,
}

const CLIENTS: &[AgentClient] = &[
    AgentClient {
        name: "Claude Code",
        signs: &[".claude", "CLAUDE.md"],
        settings: ".claude/settings.json",
        text: include_str!("agents/claude-code.json"),
    },
    AgentClient {
        name: "Codex",
        signs: &[".codex"],
        settings: ".codex/hooks.json",
        text: include_str!("agents/codex.json"),
    },
    AgentClient {
        name: "Cursor",
        signs: &[".cursor", ".cursorrules"],
        settings: ".cursor/hooks.json",
        text: include_str!("agents/cursor.json"),
    },
    AgentClient {
        name: "Copilot CLI and VS Code",
        signs: &[".github/hooks", ".github/copilot-instructions.md", ".github/lsp.json"],
        settings: ".github/hooks/lockstep.json",
        text: include_str!("agents/copilot.json"),
    },
    AgentClient {
        name: "Gemini CLI",
        signs: &[".gemini", "GEMINI.md"],
        settings: ".gemini/settings.json",
        text: include_str!("agents/gemini.json"),
    },
];

/// Tells what there is for each client, and writes what is not there yet.
pub(super) fn run(cx: &mut Context, write: bool) -> Result<Exit, UserError> {
    let mut workspace = cx.workspace()?;
    let root = workspace.folder().to_owned();
    let found = CLIENTS.iter().filter(|client| is_used(&root, client));
    let mut all = vec![guidance_in(&workspace, Path::new("AGENTS.md"))?];
    for client in found {
        let path = PathBuf::from(client.settings);
        let settings = Guidance::whole(&root, &path, client.text)?;
        // What somebody else has written is theirs: JSON has no room for markers.
        match settings.before.as_deref() {
            Some(before) if before != client.text => by_hand(cx, client, before)?,
            _ => {
                cx.out.line(&format!("found {}", client.name))?;
                all.push(settings);
            }
        }
    }
    for guidance in &all {
        show(cx, guidance)?;
    }
    let missing = all.iter().filter(|it| !it.is_there()).count();
    if !write {
        let told = match missing {
            0 => "nothing to write",
            _ => "nothing written; `lockstep init --agents --write` writes it",
        };
        cx.out.line(&paint(DIM, told))?;
        return Ok(Exit::Done);
    }
    if guidance::write(&mut workspace, &all, "write settings for agents")? {
        cx.made(Exit::Done);
        cx.out.line("written; `lockstep undo` takes it back")?;
    }
    Ok(Exit::Done)
}

fn is_used(root: &Path, client: &AgentClient) -> bool {
    client.signs.iter().any(|sign| root.join(sign).exists())
}

/// Shows what a file is to hold.
fn show(cx: &mut Context, guidance: &Guidance) -> Result<(), UserError> {
    let path = one_line(&guidance.path);
    if guidance.is_there() {
        return cx.out.line(&format!("{path} is up to date"));
    }
    let how = if guidance.before.is_some() { "between markers" } else { "new" };
    cx.out.line(&format!("{path} ({how}):"))?;
    let before = guidance.before.as_deref().unwrap_or_default();
    let kept: std::collections::BTreeSet<&str> = before.lines().collect();
    for line in guidance.after.lines().filter(|line| !kept.contains(line)) {
        cx.out.line(&paint(DIM, &format!("  {}", one_line(line))))?;
    }
    Ok(())
}

/// Says what to add to settings that somebody else has written.
fn by_hand(cx: &mut Context, client: &AgentClient, before: &str) -> Result<(), UserError> {
    cx.out.line(&format!("found {}", client.name))?;
    if before.contains("lockstep hook") {
        return cx.out.line(&format!("{} runs `lockstep hook`", client.settings));
    }
    let told = format!("{} is somebody else's; add to it:", client.settings);
    cx.out.line(&paint(YELLOW, &told))?;
    for line in client.text.lines() {
        cx.out.line(&paint(DIM, &format!("  {line}")))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::CLIENTS;

    #[test]
    fn every_settings_file_is_json_that_runs_the_hook() {
        for client in CLIENTS {
            let settings: Value = serde_json::from_str(client.text).expect(client.name);
            assert!(settings["hooks"].is_object(), "{}", client.name);
            assert!(client.text.contains("\"lockstep hook\""), "{}", client.name);
            assert!(client.text.ends_with("}\n"), "{}", client.name);
        }
    }
}
