//! What a client can ask. One file a request; the registry below is the only list of them.

use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types::ServerCapabilities;

use crate::lsp::client::ClientFeatures;
use crate::lsp::session::{Session, SessionContext};

/// One request.
pub(crate) trait Request {
    /// Its method.
    const METHOD: &'static str;
    /// What it is asked with.
    type Params: DeserializeOwned + Send + 'static;
    /// What it is answered with.
    type Answer: Serialize + Send + 'static;

    /// Adds what the client must know of it to `server`.
    fn declare(client: &ClientFeatures, server: &mut ServerCapabilities);

    /// Waits until there is an answer that is worth telling.
    fn until_due(
        _session: &Arc<Session>,
        _params: &Self::Params,
    ) -> impl Future<Output = Result<()>> + Send {
        std::future::ready(Ok(()))
    }

    /// Answers it. May block and may panic.
    fn answer(context: &SessionContext, params: Self::Params) -> Result<Self::Answer>;
}

/// Answers a request from a snapshot that has taken in all events before it.
pub(crate) async fn answer<R: Request>(
    session: &Arc<Session>,
    params: R::Params,
) -> Result<R::Answer> {
    R::until_due(session, &params).await?;
    session.read(move |context| R::answer(context, params)).await
}

/// An answer as JSON text: of a long one a tree of values would cost several times as much.
fn written<T: Serialize>(answer: &T) -> Result<String> {
    serde_json::to_string(answer).map_err(|_| Error::internal_error())
}

macro_rules! requests {
    (
        protocol { $($standard:ident: $Standard:ident,)* }
        written { $($written:ident: $Written:ident,)* }
        own { $($own:ident: $Own:ident,)* }
    ) => {
        $(pub(crate) mod $standard;)*
        $(pub(crate) mod $written;)*
        $(pub(crate) mod $own;)*

        /// What the client must know of the requests.
        pub(crate) fn declare(client: &ClientFeatures) -> ServerCapabilities {
            let mut server = ServerCapabilities::default();
            $($standard::$Standard::declare(client, &mut server);)*
            $($written::$Written::declare(client, &mut server);)*
            $($own::$Own::declare(client, &mut server);)*
            server
        }

        /// The protocol's requests that are answered with JSON text, and the methods under which the
        /// service has them: those of the protocol have types there.
        pub(crate) const WRITTEN: &[(&str, &str)] = &[
            $((
                <$written::$Written as Request>::METHOD,
                concat!("lockstep/written/", stringify!($written)),
            ),)*
        ];

        /// The protocol's own requests, as methods of a `LanguageServer` with a `session`.
        macro_rules! protocol_requests {
            () => {
                $(async fn $standard(
                    &self,
                    params: <requests::$standard::$Standard as requests::Request>::Params,
                ) -> Result<<requests::$standard::$Standard as requests::Request>::Answer> {
                    requests::answer::<requests::$standard::$Standard>(&self.session, params).await
                })*
            };
        }
        pub(crate) use protocol_requests;

        /// Our own requests, and those that are answered with text, added to the builder of a service whose server has a `session`.
        macro_rules! own_requests {
            ($Server:ty, $builder:expr) => {
                $builder
                $(.custom_method(
                    concat!("lockstep/written/", stringify!($written)),
                    async |server: &$Server, params| {
                        requests::answer::<requests::$written::$Written>(&server.session, params).await
                    },
                ))*
                $(.custom_method(
                    <requests::$own::$Own as requests::Request>::METHOD,
                    async |server: &$Server, params| {
                        requests::answer::<requests::$own::$Own>(&server.session, params).await
                    },
                ))*
            };
        }
        pub(crate) use own_requests;
    };
}

requests! {
    protocol {
        hover: HoverRequest,
        goto_definition: GotoDefinition,
        goto_declaration: GotoDeclaration,
        references: References,
        document_highlight: DocumentHighlights,
        selection_range: SelectionRanges,
        document_link: DocumentLinks,
        completion: CompletionRequest,
        completion_resolve: CompletionResolve,
        inlay_hint: InlayHints,
        semantic_tokens_range: SemanticTokensRange,
        code_action: CodeAction,
        code_action_resolve: CodeActionResolve,
        execute_command: ExecuteCommand,
        prepare_rename: PrepareRename,
        rename: RenameRequest,
        will_rename_files: WillRenameFiles,
    }
    written {
        document_symbol: DocumentSymbols,
        symbol: WorkspaceSymbols,
        folding_range: FoldingRanges,
        code_lens: CodeLenses,
        semantic_tokens_full: SemanticTokensFull,
        document_diagnostic: DocumentDiagnostic,
        workspace_diagnostic: WorkspaceDiagnostic,
    }
    own {
        tasks: TasksRequest,
        transitions: Transitions,
        task_at: TaskAt,
        marks: Marks,
        text_document_content: TextDocumentContent,
    }
}
