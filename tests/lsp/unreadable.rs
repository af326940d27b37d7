//! What cannot be read, and what would take the machine, in editors.

use serde_json::{Value, json};

use crate::support::client::{TestClient, able, uri};
use crate::support::workspaces;

fn says(found: &[Value], words: &str) -> bool {
    found.iter().any(|it| it["message"].as_str().is_some_and(|message| message.contains(words)))
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_told_until_it_can() {
    let sandbox = workspaces::login();
    let state = sandbox.join("specs/state.json");
    let text = sandbox.read("specs/state.json");
    sandbox.write("specs/state.json", format!("{text}\0"));
    let mut client = TestClient::start(sandbox.path(), able()).await;
    client.diagnostics_until(&state, |found| says(found, "this file holds NUL characters")).await;
    sandbox.write("specs/state.json", &text);
    client.diagnostics_until(&state, |found| says(found, "researched")).await;
    #[cfg(unix)]
    {
        sandbox.remove("specs/state.json");
        std::os::unix::fs::symlink("/proc/self/pagemap", &state).expect("a link");
        client.diagnostics_until(&state, |found| says(found, "out of the workspace")).await;
    }
}

#[tokio::test]
async fn a_configuration_half_typed_leaves_the_last_good_one_in_force() {
    let sandbox = workspaces::login();
    let (config, state) = (sandbox.join("lockstep.toml"), sandbox.join("specs/state.json"));
    let good = "profile = \"opencode\"\n[rules]\ndrift = \"error\"\n";
    sandbox.write("lockstep.toml", good);
    let mut client = TestClient::start(sandbox.path(), able()).await;
    let is_error = |found: &[Value]| {
        found.iter().any(|it| it["code"] == "drift" && it["severity"] == json!(1))
    };
    client.open(&config).await;
    client.diagnostics_until(&state, is_error).await;
    client.change(&config, 2, json!([{"text": good.replace("= \"error\"", "= ")}])).await;
    client.diagnostics_until(&config, |found| found.len() == 1).await;
    assert!(is_error(client.diagnostics[&uri(&state)]["diagnostics"].as_array().expect("a list")));
    client.change(&config, 3, json!([{"text": good.replace("error", "info")}])).await;
    client.diagnostics_until(&config, |found| found.is_empty()).await;
    client.diagnostics_until(&state, |found| !found.is_empty() && !is_error(found)).await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_hostile_workspace_takes_nothing_from_another() {
    let (hostile, good) = (workspaces::login(), workspaces::login());
    let role = "[[role]]\nid = \"todo\"\nfiles = [\"TODO.md\"]\n";
    let section = "[[role.section]]\nkind = \"task\"\nheading = '[\\pL\\pN]{40}'\n";
    hostile.write("lockstep.toml", format!("{role}{}", section.repeat(400)));
    hostile.write(".git/HEAD", "");
    hostile.write(".ignore", "{".repeat(15_000));
    for (name, to) in [(".gitignore", "/dev/zero"), ("TODO.md", "/proc/self/pagemap")] {
        std::os::unix::fs::symlink(to, hostile.join(name)).expect("a link");
    }
    let folders = json!([
        {"uri": uri(hostile.path()), "name": "hostile"},
        {"uri": uri(good.path()), "name": "good"},
    ]);
    let params = json!({"capabilities": able(), "workspaceFolders": folders});
    let mut client = TestClient::start_with(params).await;
    let config = hostile.join("lockstep.toml");
    client.diagnostics_until(&config, |found| says(found, "too large")).await;
    let state = good.join("specs/state.json");
    client.diagnostics_until(&state, |found| !found.is_empty()).await;
}
