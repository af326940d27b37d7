//! What a client is told of findings: every file that has some, open or not, whenever they change; or,
//! where it prefers that, when it asks.

mod parts;
pub(crate) mod pulled;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tower_lsp::Client;
use tower_lsp::ls_types::ProgressToken;

use crate::hub::outbox::Outbox;
use crate::hub::snapshot::SessionSnapshot;
use crate::hub::uri::DocumentUri;
use crate::lsp::client::ClientFeatures;
use crate::lsp::publication::{LONG, Publication};
use crate::lsp::publish::parts::{FileParts, ToldFindings};

/// How long a pause is.
const PAUSE: Duration = Duration::from_millis(50);

/// How many snapshots are waited for at most.
const MOST: usize = 10;

/// The findings of one file, with the version of the text that they are about where it is open.
#[derive(Clone, Debug, Default, PartialEq)]
struct Published {
    version: Option<i32>,
    opening: Option<u64>,
    parts: FileParts,
}

/// Tells the client of each snapshot's findings, until there are no more snapshots, and `done` how
/// many events of the client they are about: from the snapshot on that has the `first` of them in it, and each after
/// what the `outbox` had for the client then, so that whoever knows of findings knows which events
/// are in them. Snapshots that come while the client is slow are left out, but for the last one; and so are
/// those that are ahead of what another saves.
pub(crate) async fn publish(
    publications: mpsc::Sender<Publication>,
    features: ClientFeatures,
    mut snapshots: watch::Receiver<Arc<SessionSnapshot>>,
    outbox: Outbox,
    first: u64,
    done: watch::Sender<u64>,
) {
    let features = Arc::new(features);
    let mut told = Arc::new(ToldFindings::default());
    snapshots.mark_changed();
    while snapshots.changed().await.is_ok() {
        let snapshot = snapshots.borrow_and_update().clone();
        let (applied, is_whole) = (snapshot.applied, snapshot.is_whole);
        if applied < first || snapshot.is_ahead {
            continue;
        }
        let (before, known) = (told.clone(), features.clone());
        let found = tokio::task::spawn_blocking(move || {
            let files = parts::files(&before, &snapshot, &known);
            (difference(&before.files, files, &known), snapshot)
        });
        let Ok((changed, snapshot)) = found.await else {
            tracing::error!("cannot compute the findings; see the panic above");
            continue;
        };
        let told = Arc::make_mut(&mut told);
        outbox.until_told().await;
        let mut length = 0;
        for (uri, now) in changed {
            let parts: Vec<Arc<str>> = now.parts.values().cloned().collect();
            let publication = Publication { uri: uri.clone(), version: now.version, parts };
            length += publication.length();
            told.take(uri, now);
            if publications.send(publication).await.is_err() {
                return;
            }
        }
        told.snapshot = snapshot;
        if is_whole {
            done.send_replace(applied);
        }
        // Most of it would be told again while somebody types.
        if length > LONG {
            until_quiet(&mut snapshots).await;
        }
    }
}

/// Waits until nothing has come for a while.
pub(crate) async fn until_quiet(snapshots: &mut watch::Receiver<Arc<SessionSnapshot>>) {
    let mut has_come = false;
    for _ in 0..MOST {
        match tokio::time::timeout(PAUSE, snapshots.changed()).await {
            Ok(Ok(())) => has_come = true,
            _ => break,
        }
    }
    if has_come {
        snapshots.mark_changed();
    }
}

/// Shows that files are being read for as long as the first snapshot is not there.
pub(crate) async fn show_progress(
    client: Client,
    mut snapshots: watch::Receiver<Arc<SessionSnapshot>>,
) {
    if snapshots.borrow().applied > 0 {
        return;
    }
    let token = ProgressToken::String("lockstep/index".to_owned());
    if client.create_work_done_progress(token.clone()).await.is_err() {
        return;
    }
    let progress = client.progress(token, "Lockstep").with_message("reading tasks").begin().await;
    let n_tasks = match snapshots.wait_for(|snapshot| snapshot.applied > 0).await {
        Ok(now) => now.folders.iter().map(|folder| folder.analysis.index.tasks.len()).sum(),
        Err(_) => 0,
    };
    progress.finish_with_message(format!("{n_tasks} tasks")).await;
}

/// What must be told of `now`, so that the client knows it; files without findings are told so once.
fn difference(
    told: &BTreeMap<DocumentUri, Published>,
    now: BTreeMap<DocumentUri, Published>,
    features: &ClientFeatures,
) -> Vec<(DocumentUri, Published)> {
    let is_other = |(uri, published): &(DocumentUri, Published)| match told.get(uri) {
        None => !published.parts.is_empty(),
        Some(_) if published.parts.is_empty() => true,
        // Who closes a document may forget what it was told of it, as Neovim does.
        Some(told) if published.opening.is_some_and(|it| told.opening != Some(it)) => true,
        // A client that checks versions may have dropped what it was told of the one before.
        Some(told) if features.diagnostic_versions => {
            told.version != published.version || !parts::are_alike(&told.parts, &published.parts)
        }
        Some(told) => !parts::are_alike(&told.parts, &published.parts),
    };
    now.into_iter().filter(is_other).collect()
}

#[cfg(test)]
mod tests {
    use futures::{FutureExt, SinkExt, StreamExt};
    use lockstep_fixture::{Fixture, Sandbox};
    use serde_json::{Value, json};
    use tower::Service;
    use tower_lsp::jsonrpc::{Request, Response, Result};
    use tower_lsp::ls_types::{ClientCapabilities, InitializeParams, InitializeResult};
    use tower_lsp::{LanguageServer, LspService};

    use super::*;
    use crate::hub::snapshot::Folder;
    use crate::lsp::publication;
    use crate::workspace::local::LocalWorkspace;

    /// A server that does nothing but to have a client.
    struct Idle(Client);

    impl LanguageServer for Idle {
        async fn initialize(&self, _: InitializeParams) -> Result<InitializeResult> {
            Ok(InitializeResult::default())
        }

        async fn shutdown(&self) -> Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn progress_is_shown_until_the_first_snapshot_is_there() {
        let (mut service, socket) = LspService::new(Idle);
        let initialize = Request::build("initialize").params(json!({"capabilities": {}})).id(1);
        service.call(initialize.finish()).await.expect("it initializes");
        let (mut sent, mut answers) = socket.split();
        let (published, snapshots) = watch::channel(Arc::default());
        let showing = tokio::spawn(show_progress(service.inner().0.clone(), snapshots));

        let create = sent.next().await.expect("a request");
        assert_eq!(create.method(), "window/workDoneProgress/create");
        let token = create.params().map(|params| params["token"].clone());
        let id = create.id().expect("an id").clone();
        answers.send(Response::from_ok(id, Value::Null)).await.expect("someone waits");
        let begin = sent.next().await.expect("a notification");
        assert_eq!(begin.method(), "$/progress");
        let params = begin.params().expect("params");
        assert_eq!(Some(&params["token"]), token.as_ref());
        assert_eq!(params["value"]["kind"], "begin");
        published
            .send_replace(Arc::new(SessionSnapshot { applied: 1, ..SessionSnapshot::default() }));
        let end = sent.next().await.expect("a notification");
        let value = json!({"kind": "end", "message": "0 tasks"});
        assert_eq!(end.params().map(|params| &params["value"]), Some(&value));
        showing.await.expect("it ends");
    }

    #[tokio::test]
    async fn nothing_is_told_of_findings_before_what_the_outbox_has() {
        let sandbox = Sandbox::new(&Fixture::new("//- /a/TODO.md\n  - [?] Sweep\n"));
        let workspace = LocalWorkspace::open(sandbox.path()).expect("a workspace");
        let (publications, mut sent) = publication::queue();
        let snapshot = |applied, name| {
            let (root, aliases) = (workspace.folder().join(name), workspace.aliases().clone());
            let folders = vec![Folder {
                root,
                analysis: workspace.analysis().clone(),
                aliases,
                held: Arc::default(),
            }];
            Arc::new(SessionSnapshot { applied, folders, ..SessionSnapshot::default() })
        };
        let (published, snapshots) = watch::channel(snapshot(1, "early"));
        let (outbox, mut delivery) = Outbox::new();
        outbox.show(lockstep_analysis::profile::Severity::Info, "first");
        let features = ClientFeatures::new(&ClientCapabilities::default());
        let done = watch::Sender::new(0);
        let publishing = tokio::spawn(publish(publications, features, snapshots, outbox, 2, done));
        tokio::task::yield_now().await;
        assert!(delivery.until_awaited().now_or_never().is_none(), "it waits for the second event");
        let mut ahead = SessionSnapshot::clone(&snapshot(2, "half"));
        ahead.is_ahead = true;
        published.send_replace(Arc::new(ahead));
        tokio::task::yield_now().await;
        assert!(delivery.until_awaited().now_or_never().is_none(), "it waits for the rest");
        published.send_replace(snapshot(2, "here"));
        let awaited = tokio::time::timeout(Duration::from_secs(20), delivery.until_awaited());
        let (n_messages, reached) = awaited.await.expect("it waits").expect("it is there");
        assert_eq!(n_messages, 0, "the first was taken out before");
        assert!(sent.try_recv().is_err(), "it does not wait");
        reached.send(()).expect("it waits");
        let told = sent.recv().await.expect("a publication");
        assert!(told.uri.as_str().ends_with("/here/a/TODO.md"), "{told:?}");
        let told: Value = serde_json::from_slice(&told.body().concat()).expect("JSON");
        assert_eq!(told["method"], "textDocument/publishDiagnostics");
        assert_eq!(told["params"]["diagnostics"][0]["code"], "unknown-status");
        drop(published);
        publishing.await.expect("it ends");
    }

    type File<'a> = (&'a str, i32, u64, &'a str);

    fn told(files: &[File<'_>]) -> BTreeMap<DocumentUri, Published> {
        let entry = |&(uri, version, opening, message): &File<'_>| {
            let parts = FileParts::from([(None, Arc::from(message))]);
            let parts = if message.is_empty() { FileParts::default() } else { parts };
            let uri = DocumentUri::new(uri, None);
            let opening = (opening > 0).then_some(opening);
            (uri, Published { version: Some(version), opening, parts })
        };
        files.iter().map(entry).collect()
    }

    fn changed(before: &[File<'_>], after: &[File<'_>], checks: bool) -> String {
        let mut features = ClientFeatures::new(&ClientCapabilities::default());
        features.diagnostic_versions = checks;
        let changed = difference(&told(before), told(after), &features);
        let names = changed.iter().map(|(uri, now)| {
            let n = now.parts.len();
            format!("{}:{n}", uri.as_str().trim_start_matches("file:///"))
        });
        names.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn only_what_has_changed_is_told_and_what_is_gone_is_cleared() {
        let before = [("file:///a", 1, 0, "x"), ("file:///b", 1, 0, "x"), ("file:///c", 1, 0, "x")];
        let after = [
            ("file:///a", 1, 0, "x"),
            ("file:///b", 2, 0, "y"),
            ("file:///c", 1, 0, ""),
            ("file:///d", 1, 0, "x"),
            ("file:///e", 1, 0, ""),
        ];
        assert_eq!(changed(&before, &after, false), "b:1 c:0 d:1");
    }

    #[test]
    fn a_client_that_checks_versions_is_told_of_each() {
        let (before, after) = ([("file:///a", 1, 0, "x")], [("file:///a", 2, 0, "x")]);
        assert_eq!(changed(&before, &after, false), "");
        assert_eq!(changed(&before, &after, true), "a:1");
    }

    #[test]
    fn what_is_opened_is_told_again_and_what_is_closed_is_not() {
        let file = |opening| [("file:///a", 1, opening, "x")];
        for checks in [false, true] {
            assert_eq!(changed(&file(1), &file(2), checks), "a:1", "opened again");
            assert_eq!(changed(&file(0), &file(2), checks), "a:1", "opened");
            assert_eq!(changed(&file(2), &file(2), checks), "", "still open");
            assert_eq!(changed(&file(2), &file(0), checks), "", "closed");
        }
    }
}
