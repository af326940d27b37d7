//! What the user of an editor has typed last is meant.

use serde_json::{Value, json};

use crate::support::client::uri;
use crate::support::editor::Editor;
use crate::support::workspaces;

const STATE: &str = "specs/state.json";

const FIXTURE: &str = r#"
//- /specs/TODO.md
  # TODO

  ### 7. Add login
  - **Status**: [PLANNED]
//- /specs/state.json
  {
    "active_projects": [
      { "project_number": 7, "status": "planned" }
    ]
  }
"#;

/// The code actions of a kind at the status of task 7 in its record.
async fn actions(editor: &mut Editor<'_>, root: &std::path::Path, kind: &str) -> Vec<Value> {
    let range = json!({"start": {"line": 2, "character": 40}, "end": {"line": 2, "character": 40}});
    let context = json!({"diagnostics": [], "only": [kind]});
    let document = json!({"uri": uri(&root.join(STATE))});
    let params = json!({"textDocument": document, "range": range, "context": context});
    let found = editor.client.request("textDocument/codeAction", params).await.expect("actions");
    found.as_array().expect("a list").clone()
}

#[tokio::test]
async fn what_is_typed_is_offered_first_and_never_changed_back_by_a_fix_of_all() {
    for includes_drift in [false, true] {
        let sandbox = workspaces::workspace(FIXTURE);
        let options = json!({"fixAllIncludesDrift": includes_drift});
        let mut editor = Editor::start_with(&sandbox, options).await;
        editor.open(STATE).await;
        let typed = editor.text(STATE).replace("\"planned\"", "\"revised\"");
        editor.write(STATE, &typed).await;
        editor.finding(STATE, "drift").await;
        for is_saved in [false, true] {
            if is_saved {
                editor.save(STATE).await;
                editor.meet().await;
            }
            let fixes = actions(&mut editor, sandbox.path(), "quickfix").await;
            let titles: Vec<&Value> = fixes.iter().map(|it| &it["title"]).collect();
            assert_eq!(
                titles[..2],
                [
                    "Set task 7 to [REVISED] everywhere (as typed in specs/state.json)",
                    "Set task 7 to [PLANNED] everywhere (as in specs/TODO.md)",
                ],
                "saved: {is_saved}"
            );
            assert_eq!(fixes[0]["isPreferred"], true);
            let all = actions(&mut editor, sandbox.path(), "source.fixAll").await;
            assert_eq!(all.len(), usize::from(includes_drift), "{all:#?}");
            if let Some(all) = all.first() {
                let all = editor.client.request("codeAction/resolve", all.clone()).await;
                let edit = all.expect("it is planned")["edit"].clone();
                let files = crate::support::edit::files(&edit);
                let uris: Vec<&String> = files.iter().map(|(uri, ..)| uri).collect();
                assert_eq!(uris, [&uri(&sandbox.join("specs/TODO.md"))], "{edit:#}");
            }
        }
    }
}
