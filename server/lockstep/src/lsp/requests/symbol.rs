//! `workspace/symbol`: tasks and their documents by letters of id, title or status, those that are live
//! first.

use lockstep_analysis::features::workspace_symbols::{Rank, SymbolFound, SymbolNames, SymbolOf};
use lockstep_analysis::profile::vocabulary::Category;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{
    Location, OneOf, ServerCapabilities, SymbolInformation, SymbolKind, SymbolTag,
    WorkspaceSymbolParams,
};

use crate::hub::snapshot::Folder;
use crate::lsp::client::ClientFeatures;
use crate::lsp::requests::{Request, written};
use crate::lsp::session::SessionContext;
use crate::lsp::to_proto::{self, Lines};
use crate::lsp::uri;

/// How many symbols are told: clients ask again with every letter.
const LIMIT: usize = 128;

/// The request.
pub(crate) struct WorkspaceSymbols;

impl Request for WorkspaceSymbols {
    const METHOD: &'static str = "workspace/symbol";
    type Params = WorkspaceSymbolParams;
    type Answer = String;

    fn declare(_: &ClientFeatures, server: &mut ServerCapabilities) {
        server.workspace_symbol_provider = Some(OneOf::Left(true));
    }

    fn answer(context: &SessionContext, params: WorkspaceSymbolParams) -> Result<String> {
        let mut found: Vec<(Rank, SymbolInformation)> = Vec::new();
        let folders = &context.snapshot.folders;
        context.session.names(|kept| {
            kept.retain(|root, _| folders.iter().any(|folder| folder.root == *root));
            for folder in folders {
                let names = kept.entry(folder.root.clone());
                let names = names
                    .and_modify(|names| names.update(&folder.analysis))
                    .or_insert_with(|| SymbolNames::new(&folder.analysis));
                let symbols = names.find(&params.query, LIMIT);
                let told = symbols.into_iter().filter_map(|it| symbol(context, folder, it));
                found.extend(told);
            }
        });
        found.sort_by_key(|(rank, _)| *rank);
        found.truncate(LIMIT);
        let symbols: Vec<_> = found.into_iter().map(|(_, symbol)| symbol).collect();
        written(&symbols)
    }
}

fn symbol(
    context: &SessionContext,
    folder: &Folder,
    found: SymbolFound,
) -> Option<(Rank, SymbolInformation)> {
    let (snapshot, features) = (&context.snapshot, context.features());
    let path = found.path.as_str();
    let lines = Lines::new(snapshot, folder, path, features.encoding)?;
    let location = Location {
        uri: uri::to_proto(&snapshot.uri(folder, path)),
        range: to_proto::range(&lines, found.range),
    };
    let is_closed = found.category.is_some_and(Category::is_closed);
    let tags = (is_closed && features.shown.found_tags).then(|| vec![SymbolTag::DEPRECATED]);
    let told = [found.status, found.task].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    #[expect(deprecated, reason = "a member that no client needs, and the type has")]
    let symbol = SymbolInformation {
        name: found.name,
        kind: kind(found.what),
        tags,
        deprecated: None,
        location,
        container_name: (!told.is_empty()).then_some(told),
    };
    Some((found.rank, symbol))
}

/// As in the outline.
fn kind(what: SymbolOf) -> SymbolKind {
    match what {
        SymbolOf::Task => SymbolKind::CLASS,
        SymbolOf::Plan => SymbolKind::MODULE,
        SymbolOf::File => SymbolKind::FILE,
    }
}
