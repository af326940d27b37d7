//! One session of the protocol: what arrives, in the order in which it arrives.
//!
//! A notification becomes an event before its handler first waits, so that events keep the order of
//! the input; a request takes its place in that order in the same way. Handlers never wait for the
//! client.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use lockstep_analysis::profile::Severity;
use serde::Deserialize;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{mpsc, oneshot};
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{
    DidChangeConfigurationParams, DidChangeTextDocumentParams, DidChangeWatchedFilesParams,
    DidChangeWorkspaceFoldersParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
    DidSaveTextDocumentParams, InitializeParams, InitializeResult, InitializedParams, OneOf,
    RenameFilesParams, SaveOptions, ServerCapabilities, ServerInfo, TextDocumentSyncCapability,
    TextDocumentSyncKind, TextDocumentSyncOptions, TextDocumentSyncSaveOptions, Uri,
    WorkspaceFoldersServerCapabilities,
};
use tower_lsp::{Client, LanguageServer, LspService};

use crate::hub::Hub;
use crate::hub::client_event::ClientEvent;
use crate::hub::uri::DocumentUri;
use crate::lsp::client::ClientFeatures;
use crate::lsp::connection::{self, ConnectionEnd, ConnectionOptions};
use crate::lsp::encoding;
use crate::lsp::from_proto;
use crate::lsp::methods::{LATEST, PING, TOLD, WAS_READ};
use crate::lsp::outstanding::Outstanding;
use crate::lsp::parent::Ancestors;
use crate::lsp::publication::{self, Publication};
use crate::lsp::requests;
use crate::lsp::session::Session;
use crate::lsp::uri;

/// Serves one editor over standard input and output until it leaves. The exit code is 0 if it took
/// leave by `shutdown` and `exit`.
pub fn run_stdio() -> ExitCode {
    let ancestors = Ancestors::of_this_process();
    run(async {
        let (hear, heard) = oneshot::channel();
        let options = ConnectionOptions { parent: Some(hear), ..ConnectionOptions::default() };
        let hub = Hub::start();
        tokio::select! {
            end = serve_with(&hub, tokio::io::stdin(), tokio::io::stdout(), options) => {
                matches!(end, ConnectionEnd::Exit { after_shutdown: true })
            }
            () = async { ancestors.gone(heard.await.ok().flatten()).await } => false,
        }
    })
}

/// Runs what serves one editor, and returns whether that took leave by `shutdown` and `exit`.
pub(crate) fn run(serving: impl Future<Output = bool>) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "cannot start threads");
            return ExitCode::FAILURE;
        }
    };
    let is_in_order = runtime.block_on(serving);
    // The thread that reads standard input cannot be stopped.
    runtime.shutdown_background();
    if is_in_order { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Serves one client until it leaves, in the company of the hub's other sessions. Must run in a
/// tokio runtime.
pub async fn serve<R, W>(hub: &Hub, input: R, output: W) -> ConnectionEnd
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin + Send + 'static,
{
    serve_with(hub, input, output, ConnectionOptions::default()).await
}

/// As [`serve`], held to `options`.
pub async fn serve_with<R, W>(
    hub: &Hub,
    input: R,
    output: W,
    mut options: ConnectionOptions,
) -> ConnectionEnd
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin + Send + 'static,
{
    let (publish, publications) = publication::queue();
    options.publications = Some(publications);
    options.written = requests::WRITTEN;
    let edits = options.edits.clone();
    let builder = LspService::build(|client| Server::new(hub.clone(), client, publish, edits));
    let builder = builder.custom_method(WAS_READ, Server::was_read);
    let builder = builder.custom_method(LATEST, Server::latest);
    let builder = builder.custom_method(PING, Server::ping);
    let builder = builder.custom_method(TOLD, Server::told);
    let (service, socket) = requests::own_requests!(Server, builder).finish();
    connection::serve(input, output, service, socket, options).await
}

/// The params of [`WAS_READ`].
#[derive(Debug, Deserialize)]
struct WasRead {
    uri: Uri,
    text: String,
}

/// The params of [`LATEST`].
#[derive(Debug, Deserialize)]
struct Latest {
    workspaces: BTreeMap<PathBuf, u64>,
}

/// What the service calls.
#[derive(Debug)]
struct Server {
    session: Arc<Session>,
}

impl Server {
    async fn was_read(&self, WasRead { uri, text }: WasRead) {
        self.session.send(ClientEvent::WasRead { uri: uri::from_proto(&uri), text });
    }

    async fn latest(&self, Latest { workspaces }: Latest) {
        self.session.catch_up(workspaces);
    }

    async fn ping(&self, _: Value) -> Result<()> {
        self.session.hub().until_it_moves().await;
        Ok(())
    }

    async fn told(&self, _: Value) -> Result<()> {
        self.session.until_told().await
    }

    fn new(
        hub: Hub,
        client: Client,
        publish: mpsc::Sender<Publication>,
        edits: Outstanding,
    ) -> Server {
        Server { session: Arc::new(Session::new(hub, client, publish, edits)) }
    }
}

impl LanguageServer for Server {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        let roots = roots(&params);
        let mut features = ClientFeatures::new(&params.capabilities);
        features.name = params.client_info.map(|client| client.name);
        self.session.configure(&params.initialization_options.unwrap_or_default());
        features.pulls = self.session.settings().pulls_diagnostics && features.can_pull;
        if self.session.settings().pulls_diagnostics && !features.can_pull {
            self.session.show(
                Severity::Warning,
                "Lockstep: the setting `diagnostics` is \"pull\", but this editor does not ask for \
                 diagnostics; it is told of them",
            );
        }
        let encoding = features.encoding;
        let name = features.name.clone().unwrap_or_else(|| "an editor".to_owned());
        let capabilities = capabilities(&features);
        self.session.set_features(features);
        self.session.send(ClientEvent::Start { name, encoding, roots });
        let version = Some(env!("CARGO_PKG_VERSION").to_owned());
        let server_info = Some(ServerInfo { name: "lockstep".to_owned(), version });
        Ok(InitializeResult { capabilities, server_info, ..InitializeResult::default() })
    }

    async fn initialized(&self, _: InitializedParams) {
        self.session.begin();
    }

    async fn shutdown(&self) -> Result<()> {
        Ok(())
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        let document = params.text_document;
        self.session.send(ClientEvent::Open {
            uri: uri::from_proto(&document.uri),
            text: document.text,
            version: document.version,
            language: document.language_id,
        });
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        let document = params.text_document;
        let (uri, version) = (uri::from_proto(&document.uri), document.version);
        let changes = from_proto::changes(params.content_changes);
        self.session.send(ClientEvent::Change { uri, changes, version });
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        self.session.send(ClientEvent::Close { uri: uri::from_proto(&params.text_document.uri) });
    }

    async fn did_save(&self, params: DidSaveTextDocumentParams) {
        self.session.send(ClientEvent::Saved { uri: uri::from_proto(&params.text_document.uri) });
    }

    async fn did_change_watched_files(&self, params: DidChangeWatchedFilesParams) {
        let uris = params.changes.iter().map(|change| uri::from_proto(&change.uri)).collect();
        self.session.send(ClientEvent::Touched { uris });
    }

    async fn did_rename_files(&self, params: RenameFilesParams) {
        let both = params.files.iter().flat_map(|file| [&file.old_uri, &file.new_uri]);
        let uris = both.filter_map(|uri| Some(uri::from_proto(&uri.parse::<Uri>().ok()?)));
        self.session.send(ClientEvent::Renamed { uris: uris.collect() });
    }

    /// Only what the client sets for itself: the rest is a file of the workspace, which is watched.
    async fn did_change_configuration(&self, params: DidChangeConfigurationParams) {
        if let Some(settings) = params.settings.get("lockstep") {
            self.session.configure(settings);
        }
    }

    async fn did_change_workspace_folders(&self, params: DidChangeWorkspaceFoldersParams) {
        let uris = |folders: Vec<tower_lsp::ls_types::WorkspaceFolder>| {
            folders.iter().map(|folder| uri::from_proto(&folder.uri)).collect()
        };
        let added = uris(params.event.added);
        self.session.send(ClientEvent::Folders { added, removed: uris(params.event.removed) });
    }

    requests::protocol_requests!();
}

/// The folders a client works in: none where it has only told of single files.
fn roots(params: &InitializeParams) -> Vec<DocumentUri> {
    let folders = params.workspace_folders.iter().flatten();
    let folders: Vec<_> = folders.map(|folder| uri::from_proto(&folder.uri)).collect();
    if !folders.is_empty() {
        return folders;
    }
    #[expect(deprecated, reason = "older clients know nothing else")]
    let root = params.root_uri.as_ref();
    root.map(uri::from_proto).into_iter().collect()
}

/// What this server can do for the client: what its requests declare, and how texts are kept in
/// step. Diagnostics are pushed, or pulled where the client wants it, and never both: a client shows
/// what it gets in each way.
fn capabilities(features: &ClientFeatures) -> ServerCapabilities {
    let save = TextDocumentSyncSaveOptions::SaveOptions(SaveOptions { include_text: Some(false) });
    let sync = TextDocumentSyncOptions {
        open_close: Some(true),
        change: Some(TextDocumentSyncKind::INCREMENTAL),
        save: Some(save),
        ..TextDocumentSyncOptions::default()
    };
    let folders = WorkspaceFoldersServerCapabilities {
        supported: Some(true),
        change_notifications: Some(OneOf::Left(true)),
    };
    let declared = requests::declare(features);
    let mut workspace = declared.workspace.clone().unwrap_or_default();
    workspace.workspace_folders = Some(folders);
    ServerCapabilities {
        position_encoding: Some(encoding::to_proto(features.encoding)),
        text_document_sync: Some(TextDocumentSyncCapability::Options(sync)),
        workspace: Some(workspace),
        ..declared
    }
}

#[cfg(test)]
mod tests {
    use std::panic::AssertUnwindSafe;

    use futures::FutureExt;

    use super::*;

    #[tokio::test]
    async fn a_panic_in_a_feature_is_left_to_the_connection_and_costs_one_request() {
        let (service, _socket) = LspService::new(|client| {
            Server::new(Hub::start(), client, publication::queue().0, Outstanding::default())
        });
        let session = &service.inner().session;
        let read = session.read::<()>(|_| panic!("in a feature"));
        AssertUnwindSafe(read).catch_unwind().await.expect_err("the panic arrives");
        assert_eq!(session.read(|_| Ok(7)).await, Ok(7));
    }
}
