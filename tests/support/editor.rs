//! An editor over a client: documents that it holds, changes and saves.

use std::collections::BTreeMap;
use std::path::Path;

use lockstep::hub::Hub;
use lockstep_fixture::Sandbox;
use serde_json::{Value, json};

use super::client::{TestClient, able, uri};
use super::edit::{self, Units};

/// The files of task 7 in the workspace of the editors' drivers.
pub const FILES: [&str; 4] = [
    "specs/007_login/plans/implementation-001.md",
    "specs/007_login/state.json",
    "specs/TODO.md",
    "specs/state.json",
];

/// What an editor says of itself.
fn params(root: &Path, name: &str, capabilities: &Value) -> Value {
    json!({
        "capabilities": capabilities,
        "clientInfo": {"name": name},
        "workspaceFolders": [{"uri": uri(root), "name": "root"}],
    })
}

/// An editor in one workspace.
pub struct Editor<'a> {
    pub client: TestClient,
    sandbox: &'a Sandbox,
    /// What it holds, with the version of each.
    texts: BTreeMap<String, (String, i32)>,
}

impl<'a> Editor<'a> {
    pub async fn start(sandbox: &'a Sandbox) -> Editor<'a> {
        let client = TestClient::start(sandbox.path(), able()).await;
        Editor { client, sandbox, texts: BTreeMap::new() }
    }

    /// An editor that has set something for itself.
    pub async fn start_with(sandbox: &'a Sandbox, options: Value) -> Editor<'a> {
        let mut params = params(sandbox.path(), "Test", &able());
        params["initializationOptions"] = options;
        let client = TestClient::start_with(params).await;
        Editor { client, sandbox, texts: BTreeMap::new() }
    }

    /// An editor among others, which calls itself `name`, in the sandbox's folder.
    pub async fn join(
        hub: &Hub,
        sandbox: &'a Sandbox,
        name: &str,
        capabilities: Value,
    ) -> Editor<'a> {
        let mut client = TestClient::connect_to(hub);
        client.initialize(params(sandbox.path(), name, &capabilities)).await;
        Editor { client, sandbox, texts: BTreeMap::new() }
    }

    /// As [`Editor::join`], in a folder within that of the sandbox.
    pub async fn join_at(hub: &Hub, sandbox: &'a Sandbox, root: &Path, name: &str) -> Editor<'a> {
        let mut client = TestClient::connect_to(hub);
        client.initialize(params(root, name, &able())).await;
        Editor { client, sandbox, texts: BTreeMap::new() }
    }

    /// Runs a command of the server.
    pub async fn run(&mut self, command: &str, argument: Value) -> Result<Value, Value> {
        let params = json!({"command": command, "arguments": [argument]});
        self.client.request("workspace/executeCommand", params).await
    }

    /// Opens a file, unless it is open.
    pub async fn open(&mut self, path: &str) {
        if !self.texts.contains_key(path) {
            let text = self.sandbox.read(path);
            self.client.open_as(&self.sandbox.join(path), &text).await;
            self.texts.insert(path.to_owned(), (text, 1));
            self.meet().await;
        }
    }

    /// Waits until the server has taken in what was sent so far.
    pub async fn meet(&mut self) -> Value {
        self.client.request("lockstep/tasks", json!({})).await.expect("tasks")
    }

    /// The text of an open file.
    pub fn text(&self, path: &str) -> &str {
        &self.texts[path].0
    }

    /// Gives an open file another text.
    pub async fn write(&mut self, path: &str, text: &str) {
        let held = self.texts.get_mut(path).expect("it is open");
        *held = (text.to_owned(), held.1 + 1);
        let (version, path) = (held.1, self.sandbox.join(path));
        self.client.change(&path, version, json!([{"text": text}])).await;
    }

    /// Saves an open file.
    pub async fn save(&mut self, path: &str) {
        self.sandbox.write(path, self.text(path));
        let document = json!({"textDocument": {"uri": uri(&self.sandbox.join(path))}});
        self.client.notify("textDocument/didSave", document).await;
    }

    /// Closes an open file, whatever it holds.
    pub async fn close(&mut self, path: &str) {
        self.texts.remove(path);
        let document = json!({"textDocument": {"uri": uri(&self.sandbox.join(path))}});
        self.client.notify("textDocument/didClose", document).await;
    }

    /// Takes the edit that the server asks for and makes it in all files but those `left`.
    pub async fn apply(&mut self, left: &[&str]) {
        let asked = self.client.asked("workspace/applyEdit").await;
        self.make(&asked["params"]["edit"], left).await;
        // Whatever was left: some editors say so.
        self.client.answer(&asked, json!({"applied": true})).await;
    }

    /// Makes an edit in all files but those `left`.
    pub async fn make(&mut self, edit: &Value, left: &[&str]) {
        for (from, to) in edit::renames(edit) {
            self.rename(&from, &to).await;
        }
        for (uri, _, edits) in edit::files(edit) {
            let path = lockstep::lsp::uri::to_path(&uri.parse().expect("a URI")).expect("a path");
            let path = path.strip_prefix(self.sandbox.path()).expect("below the root");
            let path = path.to_str().expect("UTF-8").to_owned();
            if !left.contains(&&*path) {
                self.open(&path).await;
                let text = edit::apply(self.text(&path), &edits, Units::Utf16);
                self.write(&path, &text).await;
            }
        }
    }

    /// Renames a folder or a file on disk; what is open there is closed, and opened where it is then.
    async fn rename(&mut self, from: &Path, to: &Path) {
        let parent = to.parent().expect("a folder");
        std::fs::create_dir_all(parent).expect("a folder");
        std::fs::rename(from, to).expect("it may be renamed");
        let relative = |path: &Path| {
            let path = path.strip_prefix(self.sandbox.path()).expect("below the root");
            path.to_str().expect("UTF-8").to_owned()
        };
        let (from, to) = (relative(from), relative(to));
        let is_inside = |path: &&String| path.starts_with(&from);
        let open: Vec<String> = self.texts.keys().filter(is_inside).cloned().collect();
        for path in open {
            self.close(&path).await;
            self.open(&format!("{to}{}", &path[from.len()..])).await;
        }
    }

    /// Waits until a file has a finding of this rule, and returns it.
    pub async fn finding(&mut self, path: &str, rule: &str) -> Value {
        self.finding_of(path, rule, "").await
    }

    /// Waits until a file has a finding of this rule that says these words, and returns it.
    pub async fn finding_of(&mut self, path: &str, rule: &str, words: &str) -> Value {
        let says = |it: &Value| it["message"].as_str().is_some_and(|it| it.contains(words));
        let of_rule = |it: &&Value| it["code"] == rule && says(it);
        let path = self.sandbox.join(path);
        let found = self.client.diagnostics_until(&path, |all| all.iter().any(|it| of_rule(&it)));
        found.await.iter().find(of_rule).expect("it is there").clone()
    }

    /// Waits until a file that had findings has none of this rule.
    pub async fn no_finding(&mut self, path: &str, rule: &str) {
        let path = self.sandbox.join(path);
        let none = |all: &[Value]| all.iter().all(|it| it["code"] != rule);
        self.client.diagnostics_until(&path, none).await;
    }

    /// What is shown at the first of these words in an open or saved file.
    pub async fn hover(&mut self, path: &str, words: &str) -> String {
        let text = self.sandbox.read(path);
        let at = text.find(words).expect("the words are there");
        let position = edit::range(&text, at..at, Units::Utf16)["start"].clone();
        let document = json!({"uri": uri(&self.sandbox.join(path))});
        let params = json!({"textDocument": document, "position": position});
        let shown = self.client.request("textDocument/hover", params).await.expect("a hover");
        shown["contents"]["value"].as_str().unwrap_or_default().to_owned()
    }

    /// The code actions at a finding.
    pub async fn actions(&mut self, path: &str, finding: &Value) -> Vec<Value> {
        let document = json!({"uri": uri(&self.sandbox.join(path))});
        let context = json!({"diagnostics": [finding]});
        let range = &finding["range"];
        let params = json!({"textDocument": document, "range": range, "context": context});
        let found = self.client.request("textDocument/codeAction", params).await;
        found.expect("actions").as_array().expect("a list").clone()
    }
}
