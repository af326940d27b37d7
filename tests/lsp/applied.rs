//! What becomes of changes that the client is asked to make, and how it is told.

use lockstep::hub::Hub;
use serde_json::{Value, json};

use crate::support::client::{able, uri};
use crate::support::editor::{Editor, FILES};
use crate::support::workspaces;

/// The capabilities of a client that tells its user itself what became of a change.
fn telling() -> Value {
    let mut able = able();
    able["experimental"] = json!({"lockstep": {"applied": true}});
    able
}

#[tokio::test]
async fn that_something_is_fixed_is_told_after_it_is_seen_in_the_texts() {
    let (sandbox, hub) = (workspaces::login(), Hub::start());
    for tells in [false, true] {
        let capabilities = if tells { telling() } else { able() };
        let mut editor = Editor::join(&hub, &sandbox, "Ed", capabilities).await;
        let answer = editor.run("lockstep.fixAll", json!({})).await.expect("it is planned");
        assert_eq!(answer["notes"], json!([]), "nothing is fixed yet");
        editor.meet().await;
        assert_eq!(editor.client.shown(), Vec::<&Value>::new());
        editor.apply(&[]).await;
        if tells {
            let told = editor.client.notified("lockstep/applied").await;
            assert_eq!(told["outcome"], "applied");
            assert_eq!(told["label"], "Fix all findings");
            assert_eq!(told["transaction"], answer["transaction"]);
            let files = told["files"].as_array().expect("a list");
            assert!(files.contains(&json!(uri(&sandbox.join("specs/state.json")))), "{told:#}");
            let message = told["message"].as_str().unwrap_or_default();
            assert!(message.starts_with("fixed "), "{told:#}");
            assert_eq!(editor.client.shown(), Vec::<&Value>::new());
        } else {
            let shown = editor.client.notified("window/showMessage").await;
            let message = shown["message"].as_str().unwrap_or_default();
            assert!(message.starts_with("Lockstep: fixed "), "{shown:#}");
        }
        assert_eq!(editor.client.leave().await, 0);
    }
}

#[tokio::test]
async fn an_edit_that_is_refused_as_somebody_types_is_planned_again_twice() {
    const TODO: &str = FILES[2];
    for times in [2, 3] {
        let (sandbox, hub) = (workspaces::login(), Hub::start());
        let mut editor = Editor::join(&hub, &sandbox, "Ed", telling()).await;
        editor.open(TODO).await;
        let argument = json!({"task": 7, "status": "implementing"});
        editor.run("lockstep.setStatus", argument).await.expect("it is planned");
        for n in 0..times {
            let asked = editor.client.asked("workspace/applyEdit").await;
            let typed = format!("Word {n}.\n\n{}", editor.text(TODO));
            editor.write(TODO, &typed).await;
            editor.client.answer(&asked, json!({"applied": false})).await;
        }
        if times == 2 {
            editor.apply(&[]).await;
            assert!(editor.text(TODO).starts_with("Word 1.\n\nWord 0.\n"));
            assert!(editor.text(TODO).contains("- **Status**: [IMPLEMENTING]"));
        }
        let told = editor.client.notified("lockstep/applied").await;
        let (outcome, message) = match times {
            2 => ("applied", Value::Null),
            _ => (
                "refused",
                json!(
                    "the editor did not make the change, as its texts changed meanwhile; \
                     run the command again when nobody types"
                ),
            ),
        };
        assert_eq!((&told["outcome"], &told["message"]), (&json!(outcome), &message), "{told:#}");
    }
}

#[tokio::test]
async fn what_is_made_in_some_files_only_is_told_so() {
    let (sandbox, hub) = (workspaces::login(), Hub::start());
    let mut editor = Editor::join(&hub, &sandbox, "Ed", telling()).await;
    let settings = json!({"settings": {"lockstep": {"arrivalSeconds": 0}}});
    editor.client.notify("workspace/didChangeConfiguration", settings).await;
    for (left, outcome) in [(&FILES[2..3], "in-part"), (&FILES[..], "refused")] {
        for path in FILES {
            editor.open(path).await;
        }
        let argument = json!({"task": 7, "status": "implementing"});
        editor.run("lockstep.setStatus", argument).await.expect("it is planned");
        editor.apply(left).await;
        let told = editor.client.notified("lockstep/applied").await;
        assert_eq!(told["outcome"], outcome, "{told:#}");
        for path in FILES {
            editor.close(path).await;
        }
    }
}

#[tokio::test]
async fn what_is_made_in_part_is_not_sent_again_though_it_is_called_refused() {
    let (sandbox, hub) = (workspaces::login(), Hub::start());
    let mut editor = Editor::join(&hub, &sandbox, "Ed", telling()).await;
    for path in FILES {
        editor.open(path).await;
    }
    let argument = json!({"task": 7, "status": "implementing"});
    editor.run("lockstep.setStatus", argument).await.expect("it is planned");
    let asked = editor.client.asked("workspace/applyEdit").await;
    editor.make(&asked["params"]["edit"], &FILES[2..3]).await;
    editor.client.answer(&asked, json!({"applied": false})).await;
    let told = editor.client.notified("lockstep/applied").await;
    let message = "the editor did not change TODO.md; undo the change, or run the command again";
    assert_eq!((&told["outcome"], &told["message"]), (&json!("in-part"), &json!(message)));
}

#[tokio::test]
async fn whoever_can_is_asked_about_each_task_and_may_decline() {
    let (sandbox, hub) = (workspaces::login(), Hub::start());
    for can in [true, false] {
        let mut capabilities = telling();
        if can {
            capabilities["workspace"]["workspaceEdit"]["changeAnnotationSupport"] = json!({});
        }
        let mut editor = Editor::join(&hub, &sandbox, "Ed", capabilities).await;
        for (command, argument) in [
            ("lockstep.fixAll", json!({"confirm": true, "uri": uri(sandbox.path())})),
            (
                "lockstep.setStatus",
                json!({"task": 7, "status": "blocked", "reason": "x", "confirm": true}),
            ),
        ] {
            editor.run(command, argument).await.expect("it is planned");
            let asked = editor.client.asked("workspace/applyEdit").await;
            let edit = &asked["params"]["edit"];
            let label = "Task 7: Add login";
            let expected = json!({"label": label, "needsConfirmation": true});
            let expected = if can { expected } else { Value::Null };
            assert_eq!(edit["changeAnnotations"][label], expected, "{edit:#}");
            let first = &edit["documentChanges"][0]["edits"][0];
            assert_eq!(first["annotationId"].is_string(), can, "{edit:#}");
            editor.client.answer(&asked, json!({"applied": false})).await;
            let told = editor.client.notified("lockstep/applied").await;
            assert_eq!((&told["outcome"], &told["message"]), (&json!("refused"), &Value::Null));
        }
    }
}

#[tokio::test]
async fn a_part_that_was_chosen_is_no_half_of_a_change() {
    let (sandbox, hub) = (workspaces::login(), Hub::start());
    for can in [true, false] {
        let mut capabilities = telling();
        if can {
            capabilities["workspace"]["workspaceEdit"]["changeAnnotationSupport"] = json!({});
        }
        let mut editor = Editor::join(&hub, &sandbox, "Ed", capabilities).await;
        let settings = json!({"settings": {"lockstep": {"arrivalSeconds": 0}}});
        editor.client.notify("workspace/didChangeConfiguration", settings).await;
        for path in FILES {
            editor.open(path).await;
        }
        let argument = json!({"task": 7, "status": "implementing", "confirm": true});
        editor.run("lockstep.setStatus", argument).await.expect("it is planned");
        let asked = editor.client.asked("workspace/applyEdit").await;
        editor.make(&asked["params"]["edit"], &FILES[..1]).await;
        editor.client.answer(&asked, json!({"applied": false})).await;
        editor.client.notified("lockstep/applied").await;
        editor.meet().await;
        match can {
            true => editor.no_finding(FILES[2], "half-applied").await,
            false => drop(editor.finding(FILES[2], "half-applied").await),
        }
        for path in FILES {
            editor.close(path).await;
        }
        assert_eq!(editor.client.leave().await, 0);
    }
}

#[tokio::test]
async fn whoever_wants_to_know_is_told_that_it_is_no_refactoring() {
    let (sandbox, hub) = (workspaces::login(), Hub::start());
    for knows in [true, false] {
        let mut capabilities = able();
        capabilities["workspace"]["workspaceEdit"]["metadataSupport"] = json!(knows);
        let mut editor = Editor::join(&hub, &sandbox, "Ed", capabilities).await;
        let argument = json!({"task": 7, "status": "implementing"});
        editor.run("lockstep.setStatus", argument).await.expect("it is planned");
        let asked = editor.client.asked("workspace/applyEdit").await;
        let expected = if knows { json!({"isRefactoring": false}) } else { Value::Null };
        assert_eq!(asked["params"]["metadata"], expected);
        editor.client.answer(&asked, json!({"applied": false})).await;
    }
}
