//! `textDocument/documentSymbol`: the outline of a file: its tasks, plans, phases and boxes, each with
//! its status and how many of its parts are finished. What is finished is tagged as deprecated, where
//! the client knows that.

use lockstep_analysis::features::document_symbols::{Symbol, document_symbols};
use lockstep_analysis::profile::EntityKind;
use lockstep_analysis::profile::vocabulary::Category;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{
    DocumentSymbol, DocumentSymbolParams, DocumentSymbolResponse, Location, OneOf,
    ServerCapabilities, SymbolInformation, SymbolKind, SymbolTag, Uri,
};

use crate::lsp::asked::AskedDocument;
use crate::lsp::client::ClientFeatures;
use crate::lsp::requests::{Request, written};
use crate::lsp::session::SessionContext;

/// The request.
pub(crate) struct DocumentSymbols;

impl Request for DocumentSymbols {
    const METHOD: &'static str = "textDocument/documentSymbol";
    type Params = DocumentSymbolParams;
    type Answer = String;

    fn declare(_: &ClientFeatures, server: &mut ServerCapabilities) {
        server.document_symbol_provider = Some(OneOf::Left(true));
    }

    fn answer(context: &SessionContext, params: DocumentSymbolParams) -> Result<String> {
        let uri = params.text_document.uri;
        written(&AskedDocument::document(context, &uri).map(|asked| outline(&asked, &uri)))
    }
}

fn outline(asked: &AskedDocument<'_>, uri: &Uri) -> DocumentSymbolResponse {
    let symbols = document_symbols(asked.analysis(), &asked.path);
    match asked.features.shown.nested_symbols {
        true => DocumentSymbolResponse::Nested(nested(asked, symbols)),
        false => DocumentSymbolResponse::Flat(flat(asked, uri, &symbols)),
    }
}

/// The symbols as a tree: each stands behind the one around it.
fn nested(asked: &AskedDocument<'_>, symbols: Vec<Symbol>) -> Vec<DocumentSymbol> {
    let mut below: Vec<Vec<DocumentSymbol>> = Vec::with_capacity(symbols.len());
    below.resize_with(symbols.len(), Vec::new);
    let mut roots = Vec::new();
    for (at, symbol) in symbols.into_iter().enumerate().rev() {
        let mut children = std::mem::take(&mut below[at]);
        children.reverse();
        let (parent, tags) = (symbol.parent, tags(asked, symbol.category));
        #[expect(deprecated, reason = "a member that no client needs, and the type has")]
        let symbol = DocumentSymbol {
            name: symbol.name,
            detail: Some(symbol.detail).filter(|detail| !detail.is_empty()),
            kind: kind(symbol.kind),
            tags,
            deprecated: None,
            range: asked.range(symbol.range),
            selection_range: asked.range(symbol.name_range),
            children: (!children.is_empty()).then_some(children),
        };
        parent.map_or(&mut roots, |parent| &mut below[parent]).push(symbol);
    }
    roots.reverse();
    roots
}

/// The symbols as a list, for clients that show no tree.
fn flat(asked: &AskedDocument<'_>, uri: &Uri, symbols: &[Symbol]) -> Vec<SymbolInformation> {
    let told = |symbol: &Symbol| {
        #[expect(deprecated, reason = "a member that no client needs, and the type has")]
        SymbolInformation {
            name: symbol.name.clone(),
            kind: kind(symbol.kind),
            tags: tags(asked, symbol.category),
            deprecated: None,
            location: Location { uri: uri.clone(), range: asked.range(symbol.name_range) },
            container_name: symbol.parent.map(|parent| symbols[parent].name.clone()),
        }
    };
    symbols.iter().map(told).collect()
}

fn tags(asked: &AskedDocument<'_>, category: Option<Category>) -> Option<Vec<SymbolTag>> {
    let is_closed = category.is_some_and(Category::is_closed);
    (is_closed && asked.features.shown.symbol_tags).then(|| vec![SymbolTag::DEPRECATED])
}

/// The kinds that every client knows.
fn kind(kind: EntityKind) -> SymbolKind {
    match kind {
        EntityKind::Plan => SymbolKind::MODULE,
        EntityKind::Task => SymbolKind::CLASS,
        EntityKind::Phase => SymbolKind::METHOD,
        EntityKind::Item => SymbolKind::BOOLEAN,
    }
}
