//! Floor 4: the command line. A command is one file and its page beside it; the registry below is
//! the only list of commands. [`output`] is the only place that prints.

mod carry_out;
mod error;
mod fields;
mod guidance;
mod hold;
mod logging;
pub mod markdown;
mod output;
mod place;
mod priming;
mod remote;
mod source;

pub use error::{Exit, UserError};
pub use output::Output;

use std::cell::Cell;
use std::ffi::OsString;
use std::io;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

use anstream::ColorChoice;
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Args as _, FromArgMatches as _, ValueHint};

use lockstep_analysis::Analysis;
use lockstep_analysis::profile::builtin;
use lockstep_analysis::profile::config::Config;

use crate::daemon::address;
use crate::workspace::commit;
use crate::workspace::local::LocalWorkspace;
use crate::workspace::root;

macro_rules! commands {
    ($($module:ident: $name:literal,)*) => {
        $(pub mod $module;)*

        /// Every command, in the order of the help.
        pub const COMMANDS: &[Command] = &[$(Command {
            name: $name,
            page: include_str!(concat!("cli/", $name, ".md")),
            arguments: $module::Args::augment_args,
            run: |cx, matches| {
                let args = $module::Args::from_arg_matches(matches);
                $module::run(cx, args.map_err(|error| UserError::usage(error.to_string()))?)
            },
        }),*];
    };
}

commands! {
    r#try: "try",
    check: "check",
    list: "list",
    show: "show",
    next: "next",
    set: "set",
    batch: "batch",
    add: "add",
    note: "note",
    claim: "claim",
    renew: "renew",
    release: "release",
    prime: "prime",
    hook: "hook",
    fix: "fix",
    archive: "archive",
    rename: "rename",
    undo: "undo",
    log: "log",
    watch: "watch",
    recover: "recover",
    doctor: "doctor",
    explain: "explain",
    profiles: "profiles",
    init: "init",
    lsp: "lsp",
    mcp: "mcp",
    daemon: "daemon",
    completions: "completions",
}

/// Other names of commands: what the operations are called that keep statuses in step elsewhere.
const ALIASES: [(&str, &str); 4] =
    [("sync", "set"), ("batch-sync", "batch"), ("validate", "check"), ("rollback", "undo")];

/// One command.
#[derive(Debug)]
pub struct Command {
    /// What is typed.
    pub name: &'static str,
    /// Its page, in Markdown: the long help. The examples in it are tests.
    pub page: &'static str,
    /// Adds its arguments.
    pub arguments: fn(clap::Command) -> clap::Command,
    /// Does it.
    pub run: fn(&mut Context, &ArgMatches) -> Result<Exit, UserError>,
}

impl Command {
    /// One sentence: the first paragraph of the page.
    pub fn summary(&self) -> &'static str {
        let first = body(self.page).lines().next().unwrap_or_default();
        first.trim_end_matches('.')
    }
}

/// What every command is given.
#[derive(Debug)]
pub struct Context {
    /// The folder named by `--root`.
    root: Option<PathBuf>,
    /// Whether the daemon is left alone.
    no_daemon: bool,
    /// The token of the claim that the command is given.
    claim: Option<String>,
    /// How the command ends from when the change that it reports is on disk.
    made: Option<Exit>,
    /// Where answers go.
    pub out: Output,
    /// Whether it was told that the configuration holds only in part.
    has_warned: Cell<bool>,
}

impl Context {
    /// The workspace's folder: the one that was named, else what is found from the current folder
    /// upwards.
    pub fn root(&self) -> Result<PathBuf, UserError> {
        match &self.root {
            Some(root) => place::folder(root),
            None => Ok(root::find_root(&place::current()?)),
        }
    }

    /// The workspace, for a command that changes it: whether files and folders are as they were is
    /// looked at again before. What is wrong in its configuration is told on standard error, and
    /// the rest holds.
    pub fn workspace(&self) -> Result<OpenedWorkspace, UserError> {
        self.told(self.open(&self.root()?, LocalWorkspace::open)?)
    }

    /// As [`Context::workspace`], for a command that only reads it.
    pub fn read_once(&self) -> Result<OpenedWorkspace, UserError> {
        self.told(self.open(&self.root()?, LocalWorkspace::open_once)?)
    }

    fn told(&self, workspace: OpenedWorkspace) -> Result<OpenedWorkspace, UserError> {
        self.warn_of_config(&workspace.analysis().config);
        Ok(workspace)
    }

    /// Tells somebody who has no task files which ones there could be.
    fn tell_no_files(&mut self, analysis: &Analysis) -> Result<(), UserError> {
        if !analysis.index.docs.is_empty() {
            return Ok(());
        }
        self.out.line(&format!("no task files found; {}", analysis.profile.looks_for()))
    }

    /// Says once that the configuration holds only in part, where that is so.
    fn warn_of_config(&self, config: &Config) {
        let problems = config.problems.len();
        if problems > 0 && !self.has_warned.replace(true) {
            let n =
                if problems == 1 { "one problem".into() } else { format!("{problems} problems") };
            output::warn(&format!("lockstep.toml has {n}; `lockstep check` shows where"));
        }
    }

    /// The change is on disk, and the command ends with `exit`: what is printed from now on only
    /// tells of it.
    fn made(&mut self, exit: Exit) -> Exit {
        self.made = Some(exit);
        exit
    }

    /// Whether everything is done in this process, whoever else could.
    fn goes_alone(&self) -> bool {
        self.no_daemon || address::is_switched_off()
    }

    fn open(
        &self,
        root: &Path,
        open: fn(&Path) -> io::Result<LocalWorkspace>,
    ) -> Result<OpenedWorkspace, UserError> {
        commit::undisturbed(root, || open(root))?
            .map(ManuallyDrop::new)
            .map_err(|error| UserError::usage(error.to_string()))
    }
}

/// A workspace that is as long as its process: nobody waits for it to be taken apart.
pub type OpenedWorkspace = ManuallyDrop<LocalWorkspace>;

/// Runs what the arguments of this process ask for.
pub fn main() -> Exit {
    lockstep_store::vfs::limit::outlive_size_limit();
    run(std::env::args_os().collect())
}

fn run(arguments: Vec<OsString>) -> Exit {
    let for_programs = asks_for_json(&arguments);
    let matches = match command_line().try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) if for_programs && error.use_stderr() => {
            return output::failed(&mut Output::new(), &misused(&error), true);
        }
        Err(error) => return answer_clap(&error),
    };
    // A daemon has a log of its own.
    if !daemon::is_run(&matches) {
        logging::start();
    }
    let color = matches.get_one::<Color>("color").copied().unwrap_or(Color::Auto);
    color.choice().write_global();
    let mut context = Context {
        root: matches.get_one::<PathBuf>("root").cloned(),
        no_daemon: matches.get_flag("no-daemon"),
        claim: None,
        made: None,
        out: Output::new(),
        has_warned: Cell::new(false),
    };
    let outcome = match matches.subcommand() {
        Some((name, matches)) => match COMMANDS.iter().find(|command| command.name == name) {
            Some(command) => (command.run)(&mut context, matches),
            None => Err(UserError::internal(format!("`{name}` is not in the registry"))),
        },
        None => Err(UserError::usage("no command is given")),
    };
    match outcome.and_then(|exit| context.out.flush().map(|()| exit)) {
        Ok(exit) => exit,
        Err(error) => match context.made {
            Some(exit) => {
                output::unreported(&error);
                exit
            }
            None => output::failed(&mut context.out, &error, for_programs),
        },
    }
}

/// Whether the answer is for programs, so that errors are too. Told by the words themselves, for they
/// may be wrong in other ways.
fn asks_for_json(arguments: &[OsString]) -> bool {
    let words: Vec<_> = arguments.iter().take_while(|word| *word != "--").collect();
    let apart = words.windows(2).any(|pair| pair[0] == "--format" && pair[1] == "json");
    apart || words.iter().any(|word| *word == "--format=json")
}

/// What is wrong with the arguments, as clap says it on its first line.
fn misused(error: &clap::Error) -> UserError {
    let text = error.render().to_string();
    let mut parts = text.split("\n\n");
    let what = parts.next().unwrap_or_default();
    let what = what.strip_prefix("error: ").unwrap_or(what).split_whitespace();
    let what = what.collect::<Vec<_>>().join(" ");
    let remedy = parts.next().unwrap_or("`--help` says what can be given").split_whitespace();
    UserError::usage(what).hint(remedy.collect::<Vec<_>>().join(" "))
}

/// Help and version are answers; everything else that clap says is a mistake in the arguments.
fn answer_clap(error: &clap::Error) -> Exit {
    let printed = output::answer_of_clap(error);
    let answer = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    match printed {
        Ok(()) if answer => Exit::Done,
        Err(broken) if answer && broken.kind() == std::io::ErrorKind::BrokenPipe => Exit::Done,
        _ => Exit::Usage,
    }
}

/// The whole command line, as clap knows it.
pub fn command_line() -> clap::Command {
    let root = Arg::new("root")
        .short('C')
        .long("root")
        .value_name("PATH")
        .value_parser(clap::value_parser!(PathBuf))
        .value_hint(ValueHint::DirPath)
        .global(true)
        .help("The root of the workspace [default: the nearest folder with lockstep.toml or .git]");
    let no_daemon = Arg::new("no-daemon")
        .long("no-daemon")
        .action(ArgAction::SetTrue)
        .global(true)
        .help("Run without the daemon");
    let color = Arg::new("color")
        .long("color")
        .value_name("WHEN")
        .value_parser(clap::value_parser!(Color))
        .default_value("auto")
        .hide_possible_values(true)
        .global(true)
        .help("When to use color: auto, always or never");
    let top = clap::Command::new("lockstep")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Keep task status in step across Markdown and JSON files")
        .after_help(
            "Exit codes: 0 success, 1 findings or change refused, 2 wrong usage or configuration, \
                     3 conflict or lock, 4 internal error",
        )
        .subcommand_required(true)
        .arg_required_else_help(true)
        .infer_subcommands(false)
        .args([root, no_daemon, color]);
    COMMANDS.iter().fold(top, |top, command| {
        let sub = (command.arguments)(clap::Command::new(command.name));
        let sub = sub.about(command.summary()).long_about(markdown::plain(body(command.page)));
        let own = ALIASES.iter().filter(|(_, name)| *name == command.name);
        top.subcommand(sub.visible_aliases(own.map(|(alias, _)| *alias)))
    })
}

/// A page without its title.
fn body(page: &str) -> &str {
    match page.split_once('\n') {
        Some((title, rest)) if title.starts_with("# ") => rest.trim(),
        _ => page.trim(),
    }
}

/// When to use colours.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

impl Color {
    fn choice(self) -> ColorChoice {
        match self {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::AlwaysAnsi,
            Color::Never => ColorChoice::Never,
        }
    }
}

/// Output format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum OutputFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// The TOML of a built-in profile, or an error that names the unknown one.
fn profile_source(name: &str) -> Result<&'static str, UserError> {
    builtin::source(name).ok_or_else(|| {
        let known: Vec<&str> = builtin::SOURCES.iter().map(|source| source.id).collect();
        let all = format!("known: {}", known.join(", "));
        unknown(format!("no profile `{name}`"), name, known, &all)
    })
}

/// There is no `word` of this kind: `what` says so, and the nearest of `known` may be meant.
fn unknown<'a>(
    what: String,
    word: &str,
    known: impl IntoIterator<Item = &'a str>,
    otherwise: &str,
) -> UserError {
    let meant = nearest(word, known).map(|near| format!("did you mean `{near}`?"));
    UserError::usage(what).hint(meant.unwrap_or_else(|| otherwise.to_owned()))
}

/// The nearest of `known` to a misspelled word, where one is near.
fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    known
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&word, &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}
