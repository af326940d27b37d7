//! What may happen, by chance.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use serde_json::{Value, json};

use super::run::meetings::Apart;
use super::run::{Meeting, Run, Session};
use crate::support::client::uri;
use crate::support::edit;
use crate::support::editor::FILES;

const STATUSES: [&str; 6] =
    ["researched", "planned", "implementing", "completed", "blocked", "abandoned"];

impl Run<'_> {
    /// One step, every other time where the last one was.
    pub async fn step(&mut self) {
        if self.chance.below(2) == 0 {
            let at = self.chance.below(self.sessions.len() as u64) as usize;
            self.place = (at, FILES[self.chance.below(FILES.len() as u64) as usize]);
        }
        let (at, path) = self.place;
        let what = self.chance.below(100);
        self.trace.push(format!("{what} by {at} in {path}"));
        if self.sessions[at].paused {
            return;
        }
        match what {
            0..9 => self.open(at, path).await,
            9..12 => self.open_old(at, path).await,
            12..16 => self.stay(at, path).await,
            16..18 => self.save_late(at, path).await,
            18..20 => self.turn_back(at, "specs/TODO.md").await,
            20..36 => self.type_word(at, path).await,
            36..47 => self.save(at, path).await,
            47..53 => self.close(at, path).await,
            53..59 => self.command(at, "disk").await,
            59..71 => self.command(at, "edit").await,
            71..78 => self.set(),
            78..83 => self.write(path),
            83..87 => self.write_old(path),
            87..90 => self.write_here(at, path),
            90..94 => self.reload(at, path).await,
            94 => self.come_back(at).await,
            95 => self.pause(at),
            _ => self.disturb(),
        }
        self.look();
    }

    /// Some steps of one editor and others in one file, after each of which all is quiet, so that it
    /// is known what has been read.
    async fn stay(&mut self, at: usize, path: &str) {
        self.open(at, path).await;
        for _ in 0..4 {
            let what = self.chance.below(8);
            self.trace.push(format!("  {what} while all is quiet"));
            match what {
                0 => self.type_word(at, path).await,
                1 => self.save(at, path).await,
                2 | 3 => self.write(path),
                4 => self.write_old(path),
                5 => self.write_here(at, path),
                _ => self.reload(at, path).await,
            }
            self.be_quiet().await;
        }
    }

    /// Somebody writes before the server knows that an editor has saved.
    async fn save_late(&mut self, at: usize, path: &str) {
        self.type_word(at, path).await;
        self.be_quiet().await;
        self.pause(at);
        self.save(at, path).await;
        self.look();
        self.write(path);
    }

    /// The disk goes back to what an editor has saved last, while another server knows that the editor
    /// has read something else since.
    async fn turn_back(&mut self, at: usize, path: &str) {
        self.close(at, path).await;
        self.open(at, path).await;
        let old = self.disk.text(path);
        self.write(path);
        self.look();
        self.reload(at, path).await;
        self.be_quiet().await;
        self.add_word(at, path).await;
        self.be_quiet().await;
        self.end_server(&mut || {});
        self.be_quiet().await;
        self.sandbox.write(path, &*old);
        self.note_words(path, &old);
        self.look();
        self.be_quiet().await;
    }

    async fn open(&mut self, at: usize, path: &str) {
        let session = &mut self.sessions[at];
        if session.seen.text(path).is_none() {
            let text = self.sandbox.read(path);
            session.client.open_as(&self.sandbox.join(path), &text).await;
            session.seen.open(path, &text, &self.disk);
            // What is opened is what is on disk now.
            session.meet().await;
        }
    }

    /// An editor opens what it has kept of an earlier time.
    async fn open_old(&mut self, at: usize, path: &str) {
        let text = self.old(path);
        let session = &mut self.sessions[at];
        if session.seen.text(path).is_none() {
            // Whoever takes over is told something else than whoever serves.
            session.meet().await;
            session.client.open_as(&self.sandbox.join(path), &text).await;
            session.seen.open(path, &text, &self.disk);
            session.meet().await;
        }
    }

    /// What stood on disk at some time.
    fn old(&mut self, path: &str) -> Arc<str> {
        let log = self.disk.log(path);
        log[self.chance.below(log.len() as u64) as usize].clone()
    }

    /// Types a word at the end, or a status in the place of another, as an edit of that place.
    async fn type_word(&mut self, at: usize, path: &str) {
        self.open(at, path).await;
        let text = self.text(at, path);
        match self.status_in(&text) {
            Some((start, end)) if self.chance.below(2) == 0 => {
                let status = STATUSES[self.chance.below(STATUSES.len() as u64) as usize];
                let is_marker = text[..start].ends_with('[');
                let status = if is_marker { status.to_uppercase() } else { status.to_owned() };
                self.type_over(at, path, start..end, &status).await;
            }
            _ if path.ends_with(".md") => self.add_word(at, path).await,
            _ => {}
        }
    }

    /// Types a word at the end.
    async fn add_word(&mut self, at: usize, path: &str) {
        self.open(at, path).await;
        self.n_words += 1;
        let end = self.text(at, path).len();
        self.type_over(at, path, end..end, &format!("🦊 wörd-{}.\n", self.n_words)).await;
    }

    async fn type_over(&mut self, at: usize, path: &str, place: Range<usize>, new: &str) {
        let text = self.text(at, path);
        let session = &mut self.sessions[at];
        let range = edit::range(&text, place.clone(), session.units);
        session.version += 1;
        let document = json!({"uri": uri(&self.sandbox.join(path)), "version": session.version});
        let changes = json!([{"range": range, "text": new}]);
        let params = json!({"textDocument": document, "contentChanges": changes});
        session.client.notify("textDocument/didChange", params).await;
        let text = format!("{}{new}{}", &text[..place.start], &text[place.end..]);
        session.seen.change(path, &text);
    }

    /// What an editor has of a file that is open.
    fn text(&self, at: usize, path: &str) -> String {
        self.sessions[at].seen.text(path).expect("it is open").to_owned()
    }

    /// Where a status stands that can be typed over.
    fn status_in(&mut self, text: &str) -> Option<(usize, usize)> {
        let places = STATUSES.iter().flat_map(|status| {
            let lower = format!("\"{status}\"");
            let upper = format!("[{}]", status.to_uppercase());
            let found =
                [lower, upper].map(|it| text.find(&it).map(|at| (at + 1, at + it.len() - 1)));
            found.into_iter().flatten()
        });
        let places: Vec<(usize, usize)> = places.collect();
        (!places.is_empty()).then(|| places[self.chance.below(places.len() as u64) as usize])
    }

    async fn save(&mut self, at: usize, path: &str) {
        let session = &mut self.sessions[at];
        let Some(text) = session.seen.text(path).map(str::to_owned) else { return };
        self.sandbox.write(path, &text);
        self.disk.look(self.sandbox);
        let document = json!({"textDocument": {"uri": uri(&self.sandbox.join(path))}});
        session.client.notify("textDocument/didSave", document).await;
        session.seen.wrote(path, &self.disk);
        self.note_words(path, &text);
    }

    /// Whoever saves has the last word on a file, and on nothing else.
    fn note_words(&mut self, path: &str, text: &str) {
        self.words.retain(|(of, word)| of != path || text.contains(word.as_str()));
        let words = text.lines().filter(|line| line.contains("wörd-"));
        self.words.extend(words.map(|word| (path.to_owned(), word.to_owned())));
    }

    /// An editor takes what is on disk in the place of what it has.
    pub async fn reload(&mut self, at: usize, path: &str) {
        let text = self.sandbox.read(path);
        let session = &mut self.sessions[at];
        if session.seen.text(path).is_some() {
            session.version += 1;
            let changes = json!([{"text": text}]);
            session.client.change(&self.sandbox.join(path), session.version, changes).await;
            session.seen.change(path, &text);
        }
    }

    async fn close(&mut self, at: usize, path: &str) {
        let session = &mut self.sessions[at];
        if session.seen.text(path).is_some() {
            let document = json!({"textDocument": {"uri": uri(&self.sandbox.join(path))}});
            session.client.notify("textDocument/didClose", document).await;
            session.seen.close(path);
        }
    }

    async fn command(&mut self, at: usize, commit: &str) {
        let status = STATUSES[self.chance.below(STATUSES.len() as u64) as usize];
        let argument = json!({"task": 7, "status": status, "reason": "because", "commit": commit});
        let params = json!({"command": "lockstep.setStatus", "arguments": [argument]});
        // What is said to the user from now on is about this command, and may come before its answer.
        self.sessions[at].check();
        let client = &mut self.sessions[at].client;
        client.notifications.retain(|it| it["method"] != "window/showMessage");
        let answer = client.request("workspace/executeCommand", params).await;
        // What the transition or a dirty buffer forbids is refused.
        let Ok(answer) = answer else { return };
        if commit == "disk" {
            self.committed.extend(answer["transaction"].as_str().map(str::to_owned));
        } else if answer["transaction"].is_string() {
            // The files may have changed since.
            let client = &mut self.sessions[at].client;
            let asked =
                client.asked_or_told("workspace/applyEdit", "have this status already").await;
            let Some(asked) = asked else { return };
            let applied = self.apply(at, &asked["params"]).await;
            let client = &mut self.sessions[at].client;
            client.answer(&asked, json!({"applied": applied})).await;
            if !applied {
                client.asked_or_told("workspace/applyEdit", "did not make").await;
            }
        }
    }

    /// Makes an edit, now and then but for one file. Returns whether all of it is made.
    async fn apply(&mut self, at: usize, asked: &Value) -> bool {
        let mut files = BTreeMap::new();
        for (uri, _, edits) in edit::files(&asked["edit"]) {
            let path = lockstep::lsp::uri::to_path(&uri.parse().expect("a URI")).expect("a path");
            let path = path.strip_prefix(self.sandbox.path()).expect("below the root");
            let path = path.display().to_string();
            let session = &self.sessions[at];
            let before = session.seen.text(&path).map(str::to_owned);
            let before = before.unwrap_or_else(|| self.sandbox.read(&path));
            let after = edit::apply(&before, &edits, session.units);
            files.insert(path, (before, after));
        }
        self.sessions[at].seen.hand(asked["label"].as_str().expect("a label"), files.clone());
        let left = match self.chance.below(2) {
            0 => files.keys().nth(self.chance.below(files.len() as u64) as usize).cloned(),
            _ => None,
        };
        for (path, (_, text)) in files.iter().filter(|(path, _)| Some(*path) != left.as_ref()) {
            self.open(at, path).await;
            let session = &mut self.sessions[at];
            session.version += 1;
            let changes = json!([{"text": text}]);
            session.client.change(&self.sandbox.join(path), session.version, changes).await;
            session.seen.change(path, text);
        }
        left.is_none()
    }

    fn set(&mut self) {
        let status = STATUSES[self.chance.below(STATUSES.len() as u64) as usize];
        let task = ["7", "8"][self.chance.below(2) as usize];
        self.committed.extend(self.meeting.set(self.sandbox, task, status));
    }

    /// Somebody writes without an editor that we know.
    fn write(&mut self, path: &str) {
        let text = self.sandbox.read(path);
        let Some((start, end)) = self.status_in(&text) else { return };
        let status = STATUSES[self.chance.below(STATUSES.len() as u64) as usize];
        let is_marker = text[..start].ends_with('[');
        let status = if is_marker { status.to_uppercase() } else { status.to_owned() };
        self.sandbox.write(path, format!("{}{status}{}", &text[..start], &text[end..]));
    }

    /// Somebody has the file say again what it said at some time.
    fn write_old(&mut self, path: &str) {
        let text = self.old(path);
        self.sandbox.write(path, &*text);
        self.note_words(path, &text);
    }

    /// Somebody else writes what an editor has.
    fn write_here(&mut self, at: usize, path: &str) {
        let Some(text) = self.sessions[at].seen.text(path).map(str::to_owned) else { return };
        self.sandbox.write(path, &text);
        self.note_words(path, &text);
    }

    /// Something bad happens, and perhaps a command that knows nothing of it.
    fn disturb(&mut self) {
        let status = STATUSES[self.chance.below(STATUSES.len() as u64) as usize];
        let is_set = self.chance.below(4) > 0;
        let (sandbox, mut committed) = (self.sandbox, None);
        self.end_server(&mut || {
            if is_set {
                committed = Apart.set(sandbox, "7", status);
            }
        });
        self.committed.extend(committed);
    }

    /// The server that all share is gone, and this happens before.
    fn end_server(&mut self, meanwhile: &mut dyn FnMut()) {
        self.check_server();
        if self.meeting.disturb(meanwhile) {
            self.server = None;
            self.sessions.iter_mut().for_each(|session| session.seen.taken_over(&self.disk));
        }
    }

    /// An editor stops, until all is to be quiet.
    fn pause(&mut self, at: usize) {
        #[cfg(target_os = "linux")]
        if let Some(pid) = other_process(&self.sessions[at]) {
            crate::support::daemon::send(pid, rustix::process::Signal::STOP);
            self.sessions[at].paused = true;
        }
    }

    /// Every editor goes on.
    pub fn resume(&mut self) {
        for session in &mut self.sessions {
            #[cfg(target_os = "linux")]
            if let Some(pid) = other_process(session).filter(|_| session.paused) {
                crate::support::daemon::send(pid, rustix::process::Signal::CONT);
            }
            session.paused = false;
        }
    }

    /// An editor leaves, and another one comes in its place.
    pub async fn come_back(&mut self, at: usize) {
        let session = self.join(at).await;
        let old = std::mem::replace(&mut self.sessions[at], session);
        assert_eq!(old.client.leave().await, 0);
    }
}

/// The process of its own that serves an editor, if there is one.
#[cfg(target_os = "linux")]
fn other_process(session: &Session) -> Option<u32> {
    Some(session.client.pid()).filter(|pid| *pid != std::process::id())
}
