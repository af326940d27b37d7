//! Asks the client to ask again for what it shows beside texts, when tasks have changed in a way that it
//! cannot know of.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::watch;
use tower_lsp::Client;
use tower_lsp::ls_types::request::Request;

use crate::hub::snapshot::SessionSnapshot;
use crate::lsp::client::{ClientFeatures, Shown};

/// How long nothing must have changed: most changes come in several files.
const QUIET: Duration = Duration::from_millis(150);

/// Whether the client asks again when it is told to.
pub(crate) fn is_wanted(features: &ClientFeatures) -> bool {
    let Shown { refreshes_lenses, refreshes_hints, refreshes_tokens, opens_pages, .. } =
        features.shown;
    refreshes_lenses || refreshes_hints || refreshes_tokens || opens_pages
}

/// `workspace/textDocumentContent/refresh`, which the types of the protocol do not have.
enum PageRefresh {}

impl Request for PageRefresh {
    type Params = Value;
    type Result = Value;
    const METHOD: &'static str = "workspace/textDocumentContent/refresh";
}

/// Has the client ask again whenever what tasks say is something else than what it `shows`, until there
/// are no more snapshots. Changes that follow each other closely are one, and none is told of while
/// the client has not answered for the one before.
pub(crate) async fn refresh(
    client: Client,
    features: ClientFeatures,
    mut snapshots: watch::Receiver<Arc<SessionSnapshot>>,
    shows: watch::Sender<Option<Arc<SessionSnapshot>>>,
    pages: Arc<Mutex<Vec<String>>>,
) {
    let mut answers = shows.subscribe();
    loop {
        tokio::select! {
            change = snapshots.changed() => {
                if change.is_err() {
                    return;
                }
                while let Ok(Ok(())) = tokio::time::timeout(QUIET, snapshots.changed()).await {}
            }
            // An answer may be from before a change that is looked at already.
            _ = answers.changed() => {}
        }
        let now = snapshots.borrow_and_update().clone();
        let Some(shown) = answers.borrow_and_update().clone() else { continue };
        let is_other = !says_the_same(&shown, &now);
        // What is answered from now on is noted anew; what is answered meanwhile from before, too.
        shows.send_if_modified(|noted| {
            if noted.as_ref().is_some_and(|noted| Arc::ptr_eq(noted, &shown)) {
                *noted = (!is_other).then_some(now);
            }
            false
        });
        if is_other {
            let pages = pages.lock().unwrap_or_else(PoisonError::into_inner).clone();
            ask_again(&client, &features, &pages).await;
        }
    }
}

/// Has the client ask again, and waits for its answers, which say nothing.
async fn ask_again(client: &Client, features: &ClientFeatures, pages: &[String]) {
    let shown = &features.shown;
    if shown.refreshes_lenses {
        let _ = client.code_lens_refresh().await;
    }
    if shown.refreshes_hints {
        let _ = client.inlay_hint_refresh().await;
    }
    if shown.refreshes_tokens {
        let _ = client.semantic_tokens_refresh().await;
    }
    for page in pages {
        let _ = client.send_request::<PageRefresh>(json!({ "uri": page })).await;
    }
}

/// Whether all tasks say in one snapshot what they say in another.
fn says_the_same(before: &SessionSnapshot, now: &SessionSnapshot) -> bool {
    let same_folders = before.folders.len() == now.folders.len();
    let mut pairs = before.folders.iter().zip(&now.folders);
    same_folders
        && pairs.all(|(was, is)| {
            was.root == is.root
                && is.analysis.index.tasks_other_than(&was.analysis.index).is_empty()
        })
}
