//! The plugin folder for Claude Code says what the program does.

use std::path::Path;

use lockstep::cli::COMMANDS;
use serde_json::Value;

use crate::support::repository::{read, root};

fn json(path: &str) -> Value {
    let path = root().join(path);
    serde_json::from_str(&read(&path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn everything_that_it_runs_is_a_command() {
    let servers = json("editors/claude-code/.mcp.json");
    let languages = json("editors/claude-code/.lsp.json");
    for server in [&servers["mcpServers"]["lockstep"], &languages["lockstep"]] {
        assert_eq!(server["command"], "lockstep");
        let name = server["args"][0].as_str().expect("a command");
        assert!(COMMANDS.iter().any(|command| command.name == name), "{name}");
    }
    let endings = languages["lockstep"]["extensionToLanguage"].as_object().expect("endings");
    assert!(endings.keys().all(|ending| ending.starts_with('.')), "{endings:?}");
    // With these members the whole server is refused by some versions.
    for refused in ["restartOnCrash", "maxRestarts"] {
        assert!(languages["lockstep"].get(refused).is_none(), "{refused}");
    }
}

#[test]
fn its_hooks_are_those_that_init_writes() {
    let plugin = json("editors/claude-code/hooks/hooks.json");
    let written = json("server/lockstep/src/cli/init/agents/claude-code.json");
    assert_eq!(plugin["hooks"], written["hooks"]);
}

#[test]
fn its_manifest_names_it_and_the_version_of_the_program() {
    let manifest = json("editors/claude-code/.claude-plugin/plugin.json");
    assert_eq!(manifest["name"], "lockstep");
    assert_eq!(manifest["version"], env!("CARGO_PKG_VERSION"));
    assert!(Path::new(&root().join("editors/claude-code/README.md")).is_file());
}
