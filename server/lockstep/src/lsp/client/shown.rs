//! What a client shows of the answers to its questions.

use tower_lsp::ls_types::{
    ClientCapabilities, GotoCapability, MarkupKind, SymbolTag, TextDocumentClientCapabilities,
    WorkspaceClientCapabilities,
};

use crate::lsp::own_capabilities::{DOCUMENT_CONTENT, declares};

/// What a client shows of the answers to its questions.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    /// Whether the outline may be a tree.
    pub(crate) nested_symbols: bool,
    /// Whether an entry of the outline may be crossed out.
    pub(crate) symbol_tags: bool,
    /// The same of tasks that are searched for.
    pub(crate) found_tags: bool,
    /// Whether it shows what a definition was asked for by, and how far it goes.
    pub(crate) definition_links: bool,
    /// The same of declarations.
    pub(crate) declaration_links: bool,
    /// Whether it shows words in place of what is folded.
    pub(crate) folded_text: bool,
    /// How many ranges it folds at most.
    pub(crate) max_folds: usize,
    /// Whether it shows what a link leads to before it is followed.
    pub(crate) link_tooltips: bool,
    /// Whether what stands beside an item of completion may be Markdown.
    pub(crate) markdown_items: bool,
    /// Whether it asks for lenses again when it is told to.
    pub(crate) refreshes_lenses: bool,
    /// The same of hints.
    pub(crate) refreshes_hints: bool,
    /// The same of tokens.
    pub(crate) refreshes_tokens: bool,
    /// Whether it asks what is to be renamed before it asks its user for another name.
    pub(crate) prepares_rename: bool,
    /// Whether it tells of files that it is about to rename.
    pub(crate) tells_renames: bool,
    /// Whether it opens pages that are no files.
    pub(crate) opens_pages: bool,
}

impl Shown {
    /// Folds what the client declares.
    pub(super) fn new(declared: &ClientCapabilities) -> Shown {
        let no_workspace = WorkspaceClientCapabilities::default();
        let no_documents = TextDocumentClientCapabilities::default();
        let workspace = declared.workspace.as_ref().unwrap_or(&no_workspace);
        let documents = declared.text_document.as_ref().unwrap_or(&no_documents);
        let outline = documents.document_symbol.as_ref();
        let outline_tags = outline.and_then(|it| it.tag_support.as_ref());
        let found_tags = workspace.symbol.as_ref().and_then(|it| it.tag_support.as_ref());
        let knows = |known: &Vec<SymbolTag>| known.contains(&SymbolTag::DEPRECATED);
        let links = |goto: &Option<GotoCapability>| {
            goto.as_ref().and_then(|it| it.link_support) == Some(true)
        };
        let folding = documents.folding_range.as_ref();
        let folded = folding.and_then(|it| it.folding_range.as_ref());
        let max_folds = folding.and_then(|it| it.range_limit);
        let item = documents.completion.as_ref().and_then(|it| it.completion_item.as_ref());
        let formats = item.and_then(|it| it.documentation_format.as_ref());
        let (lenses, hints) = (workspace.code_lens.as_ref(), workspace.inlay_hint.as_ref());
        let tokens = workspace.semantic_tokens.as_ref();
        let document_link = documents.document_link.as_ref();
        Shown {
            nested_symbols: outline.and_then(|it| it.hierarchical_document_symbol_support)
                == Some(true),
            symbol_tags: outline_tags.is_some_and(|it| knows(&it.value_set)),
            found_tags: found_tags.is_some_and(|it| knows(&it.value_set)),
            definition_links: links(&documents.definition),
            declaration_links: links(&documents.declaration),
            folded_text: folded.and_then(|it| it.collapsed_text) == Some(true),
            max_folds: max_folds.and_then(|it| usize::try_from(it).ok()).unwrap_or(usize::MAX),
            markdown_items: formats.is_some_and(|it| it.contains(&MarkupKind::Markdown)),
            refreshes_lenses: lenses.and_then(|it| it.refresh_support) == Some(true),
            refreshes_hints: hints.and_then(|it| it.refresh_support) == Some(true),
            refreshes_tokens: tokens.and_then(|it| it.refresh_support) == Some(true),
            prepares_rename: documents.rename.as_ref().and_then(|it| it.prepare_support)
                == Some(true),
            tells_renames: workspace.file_operations.as_ref().and_then(|it| it.will_rename)
                == Some(true),
            opens_pages: declares(declared, DOCUMENT_CONTENT),
            link_tooltips: document_link.and_then(|it| it.tooltip_support) == Some(true),
        }
    }
}
