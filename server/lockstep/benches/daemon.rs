//! What the daemon costs and saves, with editors that are processes of `lockstep lsp`:
//!
//! - `attach`: an editor that joins a workspace which the daemon holds, against one that is served
//!   alone and reads everything;
//! - `tell`: from a change on disk to the findings in each of eight editors, where `lockstep set`,
//!   another editor's command, or another editor's save makes the change;
//! - `ask`: hover and code actions through the daemon, against an editor that is served alone;
//! - `type`: from a keystroke in a long file to its findings;
//! - `adrift`: `ask` and `type` where 70 of 100 tasks have a finding;
//! - `rest`: the memory of one, two and eight editors, and the processor time of eight that do
//!   nothing.
//!
//! `cargo bench --bench daemon [attach|tell|ask|type|adrift|rest]... [small|middle|large] [ROUNDS]`: all of
//! them, all sizes and 200 rounds unless said. Contenders take turns, so that whatever else the
//! machine does falls on all of them.

#![allow(clippy::print_stdout)]

#[path = "daemon/editor.rs"]
mod editor;
#[path = "daemon/sample.rs"]
mod sample;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use lockstep::lsp::uri::to_uri;
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use serde_json::json;

use crate::editor::{Editors, Meeting, says};
use crate::sample::{SAVES, Sample, Size, TASK, TURNS};

/// How many editors are told of a change.
const TOLD: usize = 8;
/// How long nothing is done to see what that costs.
const REST: Duration = Duration::from_secs(20);
/// How long nothing happens once all is done.
const QUIET: Duration = Duration::from_secs(2);
/// Everything there is to measure, and whether it is where most tasks drift.
const PARTS: [(&str, Part, bool); 7] = [
    ("attach", attach, false),
    ("tell", tell, false),
    ("ask", ask, false),
    ("type", keystrokes, false),
    ("adrift", ask, true),
    ("adrift", keystrokes, true),
    ("rest", rest, false),
];
/// How large workspaces are.
const SIZES: [(&str, Size); 3] =
    [("small", Size::Small), ("middle", Size::Middle), ("large", Size::Large)];

type Part = fn(&Bench) -> io::Result<()>;

/// What is measured with.
struct Bench {
    sample: Sample,
    meeting: Meeting,
    rounds: usize,
}

fn main() -> io::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let says = |word: &str| words.iter().any(|it| it == word);
    let rounds = words.iter().find_map(|word| word.parse().ok()).unwrap_or(200);
    let parts: Vec<_> = PARTS.iter().filter(|(name, ..)| says(name)).collect();
    let parts = if parts.is_empty() { PARTS.iter().collect() } else { parts };
    println!("{}", machine());
    let is_sized = SIZES.iter().any(|(word, _)| says(word));
    for (_, size) in SIZES.into_iter().filter(|(word, _)| says(word) || !is_sized) {
        for adrift in [false, true] {
            let parts = parts.iter().filter(|(.., it)| *it == adrift);
            if parts.clone().next().is_none() {
                continue;
            }
            let folder = tempfile::tempdir()?;
            let sample = Sample::write(folder.path(), size, adrift)?;
            let bench = Bench { sample, meeting: Meeting::below(folder.path()), rounds };
            let which = if adrift { ", of which 70 in 100 drift" } else { "" };
            println!("{} tasks{which}", size.tasks());
            for (_, part, _) in parts {
                part(&bench)?;
                bench.meeting.stop();
            }
        }
    }
    println!("load at the end: {}", load());
    Ok(())
}

impl Bench {
    fn root(&self) -> &Path {
        &self.sample.root
    }

    /// Opens one more editor, by way of the daemon.
    fn join(&self, editors: &mut Editors) -> io::Result<editor::Attach> {
        editors.open(self.meeting.lockstep(&["lsp"]), self.root())
    }

    /// Fewer rounds, where each takes long.
    fn fewer(&self) -> usize {
        (self.rounds / 10).max(5)
    }
}

/// The second editor of a workspace.
fn attach(bench: &Bench) -> io::Result<()> {
    let (mut first, mut second) = (Editors::none(), Editors::none());
    bench.join(&mut first)?;
    let mut times: [Vec<Duration>; 4] = Default::default();
    for _ in 0..bench.fewer() {
        let joined = bench.join(&mut second)?;
        second.leave()?;
        let command = bench.meeting.lockstep(&["lsp", "--in-process"]);
        let alone = second.open(command, bench.root())?;
        second.leave()?;
        let all = [joined.answered, joined.told, alone.answered, alone.told];
        times.iter_mut().zip(all).for_each(|(times, time)| times.push(time));
    }
    first.leave_all()?;
    let [answered, told, alone_answered, alone_told] = times.map(Times::of);
    println!(" an editor joins a workspace that the daemon holds, {} rounds", bench.fewer());
    println!("  joins: initialize answered         {answered}");
    println!("  joins: told of findings            {told}");
    println!("  alone: initialize answered         {alone_answered}");
    println!(
        "  alone: told of findings            {alone_told}  joining takes {:.2} times that",
        ratio(told.p50, alone_told.p50)
    );
    Ok(())
}

/// From a change to the findings in eight other editors.
fn tell(bench: &Bench) -> io::Result<()> {
    let mut editors = Editors::none();
    for _ in 0..=TOLD {
        bench.join(&mut editors)?;
    }
    let disk = Disk::watch(&bench.sample)?;
    let (mut set, mut command, mut save) = (Told::default(), Told::default(), Told::default());
    let todo = to_uri(&bench.sample.todo());
    for round in 0..bench.rounds {
        for (told, by_program, (status, finding)) in
            [(&mut set, true, TURNS[0]), (&mut command, false, TURNS[1])]
        {
            disk.forget();
            let began = Instant::now();
            let answered = match by_program {
                true => by_set(bench, status)?,
                false => by_command(&mut editors, status)?,
            };
            let times = editors.until(&others(), |findings| says(findings, finding))?;
            told.add(began, disk.written()?, answered, &times);
        }
        let (old, new) = (SAVES[(round + 1) % 2], SAVES[round % 2]);
        let text = fs::read_to_string(bench.sample.todo())?.replacen(old, new, 1);
        let document =
            json!({"uri": todo.as_str(), "languageId": "markdown", "version": 1, "text": text});
        editors.notify(0, "textDocument/didOpen", json!({"textDocument": document}))?;
        // All know what is not saved, and are quiet.
        editors.until(&others(), |findings| says(findings, "unsaved"))?;
        let began = Instant::now();
        fs::write(bench.sample.todo(), &text)?;
        let written = Instant::now();
        let document = json!({"textDocument": {"uri": todo.as_str()}});
        editors.notify(0, "textDocument/didSave", document.clone())?;
        let finding = format!("the task is {new} in specs/TODO.md");
        let times = editors.until(&others(), |findings| says(findings, &finding))?;
        save.add(began, written, written, &times);
        editors.notify(0, "textDocument/didClose", document)?;
    }
    let daemon = memory(bench.meeting.pid()?)?;
    editors.leave_all()?;
    println!(
        " from a change to the findings in each of {TOLD} other editors, {} rounds",
        bench.rounds
    );
    set.print("lockstep set");
    command.print("lockstep.setStatus, commit=disk");
    save.print("an editor saves");
    println!("  memory of the daemon by then        {daemon}");
    Ok(())
}

/// The editors that are told of what the first one does.
fn others() -> Vec<usize> {
    (1..=TOLD).collect()
}

fn by_set(bench: &Bench, status: &str) -> io::Result<Instant> {
    let mut command = bench.meeting.lockstep(&["set", TASK, status]);
    let done = command.current_dir(bench.root()).stdout(Stdio::null()).status()?;
    match done.success() {
        true => Ok(Instant::now()),
        false => Err(io::Error::other("lockstep set failed")),
    }
}

fn by_command(editors: &mut Editors, status: &str) -> io::Result<Instant> {
    let argument = json!({"task": TASK, "status": status, "commit": "disk"});
    let params = json!({"command": "lockstep.setStatus", "arguments": [argument]});
    let (answer, at) = editors.request(0, "workspace/executeCommand", params)?;
    match answer["transaction"].is_string() {
        true => Ok(at),
        false => Err(io::Error::other(format!("nothing was changed: {answer}"))),
    }
}

/// Notes when files are put in place.
struct Disk {
    changes: Receiver<Instant>,
    _watcher: RecommendedWatcher,
}

impl Disk {
    fn watch(sample: &Sample) -> io::Result<Disk> {
        let (changed, changes) = mpsc::channel();
        let mut watcher =
            notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
                let at = Instant::now();
                let is_move = |kind: &notify::EventKind| {
                    matches!(kind, notify::EventKind::Modify(notify::event::ModifyKind::Name(_)))
                };
                if event.is_ok_and(|event| is_move(&event.kind)) {
                    // Nobody may be left to be told.
                    let _ = changed.send(at);
                }
            })
            .map_err(io::Error::other)?;
        for folder in sample.folders() {
            watcher.watch(&folder, RecursiveMode::NonRecursive).map_err(io::Error::other)?;
        }
        Ok(Disk { changes, _watcher: watcher })
    }

    fn forget(&self) {
        self.changes.try_iter().for_each(drop);
    }

    /// When the last file was put in place since that was forgotten.
    fn written(&self) -> io::Result<Instant> {
        self.changes.try_iter().last().ok_or_else(|| io::Error::other("no file was put in place"))
    }
}

/// How long it took until editors were told.
#[derive(Default)]
struct Told {
    /// From the beginning to the last editor.
    whole: Vec<Duration>,
    /// From the last file in its place to each editor.
    written: Vec<Duration>,
    /// From the last file in its place to the last editor.
    last: Vec<Duration>,
    /// From the beginning to the answer.
    answered: Vec<Duration>,
}

impl Told {
    fn add(&mut self, began: Instant, written: Instant, answered: Instant, times: &[Instant]) {
        let since = |at: Instant| at.saturating_duration_since(written);
        self.written.extend(times.iter().map(|at| since(*at)));
        let last = times.iter().max().copied().unwrap_or(written);
        self.last.push(since(last));
        self.whole.push(last - began);
        self.answered.push(answered - began);
    }

    fn print(self, what: &str) {
        let [written, last, whole, answered] =
            [self.written, self.last, self.whole, self.answered].map(Times::of);
        println!("  {what}");
        println!("   written -> each editor            {written}");
        println!("   written -> all editors            {last}");
        println!("   begun -> all editors              {whole}");
        println!("   begun -> answered                 {answered}");
    }
}

/// What a request costs.
fn ask(bench: &Bench) -> io::Result<()> {
    let mut editors = Editors::none();
    bench.join(&mut editors)?;
    editors.open(bench.meeting.lockstep(&["lsp", "--in-process"]), bench.root())?;
    let position = json!({"line": bench.sample.status_line(TASK)?, "character": 16});
    let todo = json!({"uri": to_uri(&bench.sample.todo()).as_str()});
    for editor in 0..editors.len() {
        show_todo(bench, &mut editors, editor)?;
    }
    let actions = json!({
        "textDocument": todo,
        "range": {"start": position, "end": position},
        "context": {"diagnostics": []},
    });
    let hover = json!({"textDocument": todo, "position": position});
    println!(" a request, {} rounds", bench.rounds);
    for (method, params) in [("textDocument/hover", hover), ("textDocument/codeAction", actions)] {
        let mut times: [Vec<Duration>; 2] = Default::default();
        for round in 0..=bench.rounds {
            for (editor, times) in times.iter_mut().enumerate() {
                let began = Instant::now();
                let (answer, at) = editors.request(editor, method, params.clone())?;
                if answer.is_null() {
                    return Err(io::Error::other(format!("{method} has no answer")));
                }
                // The first waits for the text to be read.
                if round > 0 {
                    times.push(at - began);
                }
            }
        }
        let [through, alone] = times.map(Times::of);
        println!("  {method:<24}  daemon   {through}");
        println!(
            "  {method:<24}  alone    {alone}  the daemon takes {:.2} times that",
            ratio(through.p50, alone.p50)
        );
    }
    editors.leave_all()
}

/// Letters that are typed into a status of which nobody knows the word by then, and taken out.
fn keystrokes(bench: &Bench) -> io::Result<()> {
    const LETTERS: [&str; 8] = ["A", "B", "C", "D", "E", "F", "G", "H"];
    let mut editors = Editors::none();
    bench.join(&mut editors)?;
    show_todo(bench, &mut editors, 0)?;
    let task = (bench.sample.tasks / 2).to_string();
    let line = bench.sample.status_line(&task)?;
    let todo = to_uri(&bench.sample.todo());
    let (mut word, mut times) = ("IMPLEMENTING".to_owned(), Vec::new());
    let marker = "- **Status**: [".len();
    let most = LETTERS.len() - 1;
    for round in 0..=bench.rounds {
        let at = marker + word.len();
        // The first letter stays; the others come one by one, and go one by one.
        let (start, text) = match round.checked_sub(1).map(|round| round % (2 * most)) {
            None => (at, LETTERS[0]),
            Some(step) if step < most => (at, LETTERS[step + 1]),
            Some(_) => (at - 1, ""),
        };
        word.truncate(start - marker);
        word.push_str(text);
        let position = |character| json!({"line": line, "character": character});
        let change =
            json!({"range": {"start": position(start), "end": position(at)}, "text": text});
        let params = json!({
            "textDocument": {"uri": todo.as_str(), "version": round + 2},
            "contentChanges": [change],
        });
        let finding = format!("[{word}]");
        let began = Instant::now();
        editors.notify(0, "textDocument/didChange", params)?;
        let told = editors.until(&[0], |findings| says(findings, &finding))?;
        // The first waits for the text to be read.
        if round > 0 {
            times.push(told[0] - began);
        }
    }
    editors.leave_all()?;
    println!(" from a keystroke to its finding, {} rounds", bench.rounds);
    println!("  typed -> told                      {}", Times::of(times));
    Ok(())
}

/// Has an editor open the long file.
fn show_todo(bench: &Bench, editors: &mut Editors, editor: usize) -> io::Result<()> {
    let todo = bench.sample.todo();
    let text = fs::read_to_string(&todo)?;
    let document = json!({"uri": to_uri(&todo).as_str(), "languageId": "markdown", "version": 1, "text": text});
    editors.notify(editor, "textDocument/didOpen", json!({"textDocument": document}))
}

/// What it costs to be there.
fn rest(bench: &Bench) -> io::Result<()> {
    let mut editors = Editors::none();
    println!(" at rest");
    let todo = bench.sample.todo();
    for n_editors in 1..=TOLD {
        bench.join(&mut editors)?;
        if [1, 2, TOLD].contains(&n_editors) {
            println!(
                "  memory, {n_editors} editors                 {}",
                memory(bench.meeting.pid()?)?
            );
        }
    }
    for editor in 0..editors.len() {
        show_todo(bench, &mut editors, editor)?;
        let params = json!({"textDocument": {"uri": to_uri(&todo).as_str()}, "position": {"line": 0, "character": 0}});
        editors.request(editor, "textDocument/hover", params)?;
    }
    println!("  memory, {TOLD} with TODO.md open        {}", memory(bench.meeting.pid()?)?);
    println!("  memory of one front                {}", memory(editors.pids()[0])?);
    let mut pids = editors.pids();
    pids.push(bench.meeting.pid()?);
    // What the documents have set off is not rest.
    let mut before = ticks(&pids)?;
    loop {
        let n_told = editors.listen(QUIET)?;
        match ticks(&pids)? {
            now if now == before && n_told == 0 => break,
            now => before = now,
        }
    }
    let n_told = editors.listen(REST)?;
    let after = ticks(&pids)?;
    println!(
        "  processor time of all in {REST:?}      {} ticks, {n_told} messages",
        after - before
    );
    editors.leave_all()
}

/// What a process has in memory.
fn memory(pid: u32) -> io::Result<String> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        let kib: f64 = line.trim().trim_end_matches(" kB").parse().unwrap_or_default();
        kib / 1024.0
    };
    Ok(format!("{:>7.1} MiB  peak {:.1} MiB", field("VmRSS:"), field("VmHWM:")))
}

/// The processor time that processes have had.
fn ticks(pids: &[u32]) -> io::Result<u64> {
    let mut sum = 0;
    for pid in pids {
        let stat = fs::read_to_string(PathBuf::from(format!("/proc/{pid}/stat")))?;
        let fields = stat.rsplit(") ").next().unwrap_or_default().split(' ');
        // User and system time are the 14th and 15th of all, of which two stand before.
        sum += fields.skip(11).take(2).filter_map(|it| it.parse::<u64>().ok()).sum::<u64>();
    }
    Ok(sum)
}

/// Times in order.
#[derive(Clone, Copy)]
struct Times {
    p50: Duration,
    p99: Duration,
}

impl Times {
    fn of(mut times: Vec<Duration>) -> Times {
        times.sort_unstable();
        let at = |percent: usize| {
            let last = times.len().saturating_sub(1);
            times.get((times.len() * percent / 100).min(last)).copied().unwrap_or_default()
        };
        Times { p50: at(50), p99: at(99) }
    }
}

impl std::fmt::Display for Times {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ms = |time: Duration| time.as_secs_f64() * 1000.0;
        write!(f, "p50 {:>8.2} ms  p99 {:>8.2} ms", ms(self.p50), ms(self.p99))
    }
}

fn ratio(a: Duration, b: Duration) -> f64 {
    a.as_secs_f64() / b.as_secs_f64().max(f64::EPSILON)
}

fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find(|line| line.starts_with("model name")).unwrap_or_default();
    let model = model.split(": ").nth(1).unwrap_or("an unknown processor");
    format!("{model}, {cores} cores, load {}", load())
}

fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or("?").to_owned()
}
