//! `workspace/textDocumentContent`: pages that are no files, for reading: `lockstep:/board` and
//! `lockstep:/task/ID`. For clients that open such pages; they are asked to read one again when a task has
//! changed.

use lockstep_analysis::features::board_page::board_page;
use lockstep_analysis::features::hover;
use lockstep_analysis::index::Task;
use lockstep_analysis::model::FilePath;
use lockstep_analysis::operation::task_meant;
use lockstep_analysis::profile::id::TaskId;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{ServerCapabilities, Uri};

use crate::hub::snapshot::Folder;
use crate::lsp::client::ClientFeatures;
use crate::lsp::error::{invalid_params, refusal, refused};
use crate::lsp::own_capabilities::DOCUMENT_CONTENT;
use crate::lsp::requests::Request;
use crate::lsp::session::SessionContext;
use crate::workspace::clock;
use crate::workspace::commit::Claims;

/// The scheme of the pages.
const SCHEME: &str = "lockstep";
/// The page of all tasks.
const BOARD: &str = "lockstep:/board";
/// Before the id of a task.
const TASK: &str = "lockstep:/task/";

/// The request.
pub(crate) struct TextDocumentContent;

/// Its params.
#[derive(Debug, Deserialize)]
pub(crate) struct TextDocumentContentParams {
    uri: Uri,
}

/// Its answer.
#[derive(Debug, Serialize)]
pub(crate) struct TextDocumentContentResult {
    text: String,
}

impl Request for TextDocumentContent {
    const METHOD: &'static str = "workspace/textDocumentContent";
    type Params = TextDocumentContentParams;
    type Answer = TextDocumentContentResult;

    /// Under `experimental`, from where the connection takes it to its place: the types of the protocol
    /// have no member for it.
    fn declare(client: &ClientFeatures, server: &mut ServerCapabilities) {
        if client.shown.opens_pages {
            let schemes = json!({ "schemes": [SCHEME] });
            server.experimental = Some(json!({ DOCUMENT_CONTENT: schemes }));
        }
    }

    fn answer(
        context: &SessionContext,
        params: TextDocumentContentParams,
    ) -> Result<TextDocumentContentResult> {
        let uri = params.uri;
        let folders = &context.snapshot.folders;
        context.is_shown();
        context.session.opens_page(uri.as_str());
        if uri.as_str() == BOARD {
            let pages: Vec<String> = folders.iter().map(board).collect();
            return Ok(TextDocumentContentResult { text: pages.join("\n") });
        }
        let id = uri.as_str().strip_prefix(TASK).filter(|id| !id.is_empty());
        let Some(id) = id.and_then(|_| task_of(&uri)) else {
            let uri = uri.as_str();
            return Err(invalid_params(format!(
                "`uri`: there is no page {uri}; there are {BOARD} and {TASK}ID"
            )));
        };
        let mut failure = refused("no workspace is open; open one of its files");
        for folder in folders {
            match task_meant(&folder.analysis, &id) {
                Ok(task) => {
                    let text = task_page(context, folder, task);
                    return Ok(TextDocumentContentResult { text });
                }
                Err(why) => failure = refusal(&why),
            }
        }
        Err(failure)
    }
}

fn task_page(context: &SessionContext, folder: &Folder, task: &Task) -> String {
    let link = |path: &FilePath, line: u32| {
        format!("{}#L{line}", context.snapshot.uri(folder, path.as_str()).as_str())
    };
    let holder = |task: &TaskId| {
        let claims = Claims::at(&folder.root);
        let claim = claims.live(task, clock::seconds())?;
        Some(format!("{} until {}", claim.holder, clock::instant(claim.ends())))
    };
    hover::page(&folder.analysis, task, &link, &holder)
}

fn board(folder: &Folder) -> String {
    let link = |id: &TaskId| {
        let name = folder.analysis.name_of(id);
        let spelled = name.bytes().map(|byte| match byte {
            b'-' | b'_' | b'.' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        });
        format!("{TASK}{}", spelled.collect::<String>())
    };
    board_page(&folder.analysis, &link)
}

/// The id that an address names.
fn task_of(uri: &Uri) -> Option<String> {
    let path = uri.path().decode().to_bytes().into_owned();
    String::from_utf8(path).ok()?.strip_prefix("/task/").map(str::to_owned)
}
