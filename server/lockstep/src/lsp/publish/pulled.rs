//! The findings as a client asks for them: by file or for all of the workspace, and only what is other
//! than the client says it knows.
//!
//! What a client knows it says by the ids of results that it sends back. An id says in which look at the
//! findings those of its file changed last, and which look the answer was about; so that nothing has to
//! be kept of what was sent, and an answer that never arrived costs nothing but another one.

use std::collections::{BTreeMap, HashMap};
use std::fmt::{self, Write as _};
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::sync::Arc;

use serde_json::Value;

use crate::hub::snapshot::{OpenDocument, SessionSnapshot};
use crate::hub::uri::{DocumentKey, DocumentUri};
use crate::lsp::client::ClientFeatures;
use crate::lsp::publish::parts::{self, FileParts, ToldFindings};

/// The id of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ResultId {
    /// Which server has given it: another one counts its looks anew.
    server: u64,
    /// The look in which the findings of the file changed last; 0 where it never had any.
    changed: u64,
    /// The look that the answer was about.
    told: u64,
}

impl fmt::Display for ResultId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}.{}.{}", self.server, self.changed, self.told)
    }
}

impl ResultId {
    fn parse(text: &str) -> Option<ResultId> {
        let mut parts = text.split('.');
        let server = u64::from_str_radix(parts.next()?, 16).ok()?;
        let (changed, told) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        parts.next().is_none().then_some(ResultId { server, changed, told })
    }
}

/// What a client says it knows of files: the look in which the findings of each changed, where this
/// server has told them.
pub(crate) type KnownResults = HashMap<DocumentUri, Option<u64>>;

/// All findings, and when those of each file changed.
#[derive(Debug)]
pub(crate) struct PulledFindings {
    server: u64,
    now: ToldFindings,
    /// How many looks found something other than the one before.
    look: u64,
    /// By file that has ever had findings: the look in which they changed last.
    changed: BTreeMap<DocumentUri, u64>,
    /// The client knows what there was to know at this look.
    acknowledged: u64,
    /// By document that was asked for: the `changed` of the last answer.
    given: BTreeMap<DocumentUri, u64>,
    /// The look that the workspace was told of last, if it was asked for.
    workspace_given: Option<u64>,
    /// The look that the client was asked to ask again for.
    refreshed: u64,
}

impl Default for PulledFindings {
    fn default() -> PulledFindings {
        PulledFindings {
            server: RandomState::new().build_hasher().finish(),
            now: ToldFindings::default(),
            look: 0,
            changed: BTreeMap::new(),
            acknowledged: 0,
            given: BTreeMap::new(),
            workspace_given: None,
            refreshed: 0,
        }
    }
}

impl PulledFindings {
    /// Takes in what is found now.
    pub(crate) fn look_at(&mut self, snapshot: &Arc<SessionSnapshot>, features: &ClientFeatures) {
        if Arc::ptr_eq(&self.now.snapshot, snapshot) {
            return;
        }
        let next = self.look + 1;
        let none = FileParts::default();
        for (uri, file) in parts::files(&self.now, snapshot, features) {
            let known = self.now.files.get(&uri).map_or(&none, |known| &known.parts);
            if !parts::are_alike(known, &file.parts) {
                self.look = next;
                self.changed.insert(uri.clone(), next);
                self.now.take(uri, file);
            }
        }
        self.now.snapshot = snapshot.clone();
    }

    /// The report of one document, as JSON, for a client that has the result `previous` of it; with the
    /// documents that are other than the client knows, where it takes them.
    pub(crate) fn document(
        &mut self,
        uri: &DocumentUri,
        previous: Option<&str>,
        with_related: bool,
    ) -> String {
        let uri = self.spelled(uri);
        let known = self.known(previous);
        let changed = self.changed.get(&uri).copied().unwrap_or(0);
        self.given.insert(uri.clone(), changed);
        let mut json = match known == Some(changed) {
            true => format!(r#""kind":"unchanged","resultId":"{}""#, self.id(changed)),
            false => self.full(&uri, Some(self.id(changed))),
        };
        if with_related {
            let is_news =
                |(other, at): &(&DocumentUri, &u64)| **at > self.acknowledged && **other != uri;
            let related = self.changed.iter().filter(is_news).map(|(other, at)| {
                let report = self.full(other, Some(self.id(*at)));
                format!("{}:{{{report}}}", Value::from(other.as_str()))
            });
            let related = related.collect::<Vec<_>>().join(",");
            if !related.is_empty() {
                let _ = write!(json, r#","relatedDocuments":{{{related}}}"#);
            }
        }
        format!("{{{json}}}")
    }

    /// The report of the workspace, as JSON, for a client that knows these results. Files of which there
    /// is nothing new are left out; those that have no findings any more are told without an id, and
    /// not named again.
    pub(crate) fn workspace(&mut self, known: &KnownResults) -> String {
        self.workspace_given = Some(self.look);
        let snapshot = &self.now.snapshot;
        let version = |(key, opened): (&DocumentKey, &OpenDocument)| {
            (snapshot.uris.spelling(key.path()), opened.version)
        };
        let versions: HashMap<DocumentUri, i32> = snapshot.open.iter().map(version).collect();
        let items = self.news(known).map(|(uri, changed)| {
            let version = versions.get(uri).map_or("null".to_owned(), i32::to_string);
            let has_findings = self.now.files.contains_key(uri);
            // What is told of no document says nothing of the documents that are related to it.
            let id = |changed| ResultId { told: self.acknowledged, ..self.id(changed) };
            let report = self.full(uri, changed.filter(|_| has_findings).map(id));
            format!(r#"{{{report},"uri":{},"version":{version}}}"#, Value::from(uri.as_str()))
        });
        format!(r#"{{"items":[{}]}}"#, items.collect::<Vec<_>>().join(","))
    }

    /// Whether there is something to tell of the workspace.
    pub(crate) fn has_news(&self, known: &KnownResults) -> bool {
        self.news(known).next().is_some()
    }

    /// What a client knows that sends these results.
    pub(crate) fn known_results(&mut self, results: &[(DocumentUri, String)]) -> KnownResults {
        let mut known = KnownResults::new();
        for (uri, id) in results {
            let uri = match self.changed.contains_key(uri) {
                true => uri.clone(),
                false => self.spelled(uri),
            };
            let changed = self.known(Some(id));
            known.insert(uri, changed);
        }
        known
    }

    /// Whether the client must be asked to ask again: of an open document it was told something else, or
    /// nothing; or of the workspace, and `is_awaited` says that no question for that waits for an answer.
    /// Says so once for each look.
    pub(crate) fn must_refresh(&mut self, is_awaited: bool) -> bool {
        let snapshot = &self.now.snapshot;
        let is_stale = |key: &DocumentKey| {
            let uri = snapshot.uris.spelling(key.path());
            self.changed.get(&uri) > self.given.get(&uri).filter(|at| **at > 0)
        };
        let must = self.refreshed < self.look
            && (snapshot.open.keys().any(is_stale)
                || (!is_awaited && self.workspace_given.is_some_and(|at| at < self.look)));
        if must {
            self.refreshed = self.look;
        }
        must
    }

    /// The files that are other than a client knows, with the look in which they changed, if one of
    /// this server's.
    fn news<'a>(
        &'a self,
        known: &'a KnownResults,
    ) -> impl Iterator<Item = (&'a DocumentUri, Option<u64>)> {
        let others = self.changed.iter().filter(move |(uri, at)| match known.get(*uri) {
            Some(known) => *known != Some(**at),
            None => self.now.files.contains_key(*uri),
        });
        // Another server has told of findings that are no more.
        let is_gone = |(uri, at): &(&DocumentUri, &Option<u64>)| {
            **at != Some(0) && !self.changed.contains_key(*uri)
        };
        let gone = known.iter().filter(is_gone).map(|(uri, _)| (uri, None));
        others.map(|(uri, at)| (uri, Some(*at))).chain(gone)
    }

    /// The look that an id stands for, which the client has heard of by now.
    fn known(&mut self, id: Option<&str>) -> Option<u64> {
        let id = id.and_then(ResultId::parse).filter(|id| id.server == self.server)?;
        self.acknowledged = self.acknowledged.max(id.told.min(self.look));
        Some(id.changed)
    }

    /// A document under the name that findings have.
    fn spelled(&self, uri: &DocumentUri) -> DocumentUri {
        let snapshot = &self.now.snapshot;
        let here = snapshot.locate(uri);
        here.map_or_else(|| uri.clone(), |(folder, path)| snapshot.uri(folder, &path))
    }

    fn id(&self, changed: u64) -> ResultId {
        ResultId { server: self.server, changed, told: self.look }
    }

    /// The members of a full report.
    fn full(&self, uri: &DocumentUri, id: Option<ResultId>) -> String {
        let id = id.map(|id| format!(r#""resultId":"{id}","#));
        let mut json = format!(r#""kind":"full",{}"items":["#, id.unwrap_or_default());
        let parts = self.now.files.get(uri).into_iter().flat_map(|file| file.parts.values());
        for (nth, part) in parts.enumerate() {
            json.push_str(if nth > 0 { "," } else { "" });
            json.push_str(part);
        }
        json.push(']');
        json
    }
}
