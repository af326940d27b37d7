//! Opens the sample in an editor whose settings and state lie in a folder of their own.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::code;
use super::sample::{STATE, Sample, TODO, write_files};
use crate::cli::UserError;

/// An editor that `try` can open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum KnownEditor {
    /// Neovim 0.11 or newer
    #[value(alias = "nvim")]
    Neovim,
    /// Helix
    #[value(alias = "hx")]
    Helix,
    /// Emacs 29 or newer
    Emacs,
    /// VS Code, VSCodium or code-server
    #[value(alias = "vscode", alias = "codium", alias = "code-server")]
    Code,
}

/// An editor and its program.
#[derive(Debug)]
pub(super) struct InstalledEditor {
    editor: KnownEditor,
    /// The program.
    pub(super) program: PathBuf,
    /// The extension that is put into it, where it takes one as a file.
    extension: Option<PathBuf>,
}

macro_rules! embedded {
    ($($path:literal,)*) => {
        [$(($path, include_str!(concat!("../../../../../editors/neovim/", $path)))),*]
    };
}

/// The plugin for Neovim, by path and text.
const PLUGIN: &[(&str, &str)] = &embedded! {
    "lsp/lockstep.lua",
    "plugin/lockstep.lua",
    "doc/lockstep.txt",
    "README.md",
    "lua/lockstep/init.lua",
    "lua/lockstep/command.lua",
    "lua/lockstep/commands.lua",
    "lua/lockstep/edits.lua",
    "lua/lockstep/events.lua",
    "lua/lockstep/health.lua",
    "lua/lockstep/server.lua",
    "lua/lockstep/tasks.lua",
};

impl KnownEditor {
    /// Those that stay in the terminal first.
    const ALL: [KnownEditor; 4] =
        [KnownEditor::Neovim, KnownEditor::Helix, KnownEditor::Emacs, KnownEditor::Code];

    fn programs(self) -> &'static [&'static str] {
        match self {
            KnownEditor::Neovim => &["nvim"],
            KnownEditor::Helix => &["hx", "helix"],
            KnownEditor::Emacs => &["emacs"],
            KnownEditor::Code => &["code", "codium", "code-server"],
        }
    }

    fn install(self) -> &'static str {
        match self {
            KnownEditor::Neovim => "install Neovim 0.11 or newer (https://neovim.io), as `nvim`",
            KnownEditor::Helix => "install Helix (https://helix-editor.com), as `hx`",
            KnownEditor::Emacs => "install Emacs 29 or newer (https://www.gnu.org/software/emacs)",
            KnownEditor::Code => "install VS Code (https://code.visualstudio.com), as `code`",
        }
    }
}

/// The editor that was asked for, which is to start this server.
pub(super) fn find(editor: KnownEditor, server: &Path) -> Result<InstalledEditor, UserError> {
    let program = editor.programs().iter().find_map(|name| on_path(name));
    let Some(program) = program else {
        return Err(UserError::usage(format!("`{}` is not on PATH", editor.programs()[0]))
            .hint(format!("{}; `lockstep try` without --editor needs none", editor.install())));
    };
    let extension = match editor {
        KnownEditor::Code => Some(code::extension(server)?),
        _ => None,
    };
    Ok(InstalledEditor { editor, program, extension })
}

/// The first editor that is there.
pub(super) fn first(server: &Path) -> Option<InstalledEditor> {
    KnownEditor::ALL.into_iter().find_map(|editor| find(editor, server).ok())
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(&path).map(|folder| folder.join(&file)).find(|program| program.is_file())
}

/// Opens the sample, and returns when the editor is left.
pub(super) fn open(
    found: &InstalledEditor,
    sample: &Sample,
    server: &Path,
) -> Result<(), UserError> {
    let broken = |error: std::io::Error| {
        UserError::io(format!("{} cannot be opened", found.program.display()), &error)
    };
    let arguments = match &found.extension {
        Some(extension) => {
            let installing = code::prepare(sample, server, extension).map_err(broken)?;
            run(found, sample, installing, broken)?;
            code::arguments(&found.program, sample)
        }
        None => prepare(found.editor, sample, server).map_err(broken)?,
    };
    run(found, sample, arguments, broken)
}

/// Runs the editor's program with a home of its own, until it ends.
fn run(
    found: &InstalledEditor,
    sample: &Sample,
    arguments: Vec<OsString>,
    broken: impl Fn(std::io::Error) -> UserError,
) -> Result<(), UserError> {
    let mut command = Command::new(&found.program);
    command.args(arguments).current_dir(&sample.root);
    for (name, folder) in [
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_DATA_HOME", "data"),
        ("XDG_STATE_HOME", "state"),
        ("XDG_CACHE_HOME", "cache"),
    ] {
        command.env(name, sample.private.join(folder));
    }
    let left = command.status().map_err(broken)?;
    match left.success() {
        true => Ok(()),
        false => Err(UserError::internal(format!("{} ended with {left}", found.program.display()))),
    }
}

/// Writes the editor's settings; returns its arguments.
fn prepare(editor: KnownEditor, sample: &Sample, server: &Path) -> std::io::Result<Vec<OsString>> {
    let private = &sample.private;
    let server = quote(&server.to_string_lossy());
    let mut arguments: Vec<OsString> = match editor {
        KnownEditor::Neovim => {
            let plugin = private.join("neovim");
            write_files(&plugin, PLUGIN)?;
            let init = NEOVIM
                .replace("PLUGIN", &quote(&plugin.to_string_lossy()))
                .replace("SERVER", &server);
            write_files(private, &[("init.lua", &init)])?;
            vec!["--clean".into(), "-u".into(), private.join("init.lua").into(), "-O".into()]
        }
        KnownEditor::Helix => {
            let languages = HELIX.replace("SERVER", &server);
            write_files(private, &[("config/helix/languages.toml", &languages)])?;
            vec!["--vsplit".into()]
        }
        KnownEditor::Emacs => {
            write_files(private, &[("init.el", &EMACS.replace("SERVER", &server))])?;
            let state = private.join("emacs");
            std::fs::create_dir_all(&state)?;
            let mut folder = OsString::from("--init-directory=");
            folder.push(state);
            vec!["-Q".into(), folder, "-l".into(), private.join("init.el").into()]
        }
        // It takes its extension as a file: see `code`.
        KnownEditor::Code => Vec::new(),
    };
    arguments.extend([TODO.into(), STATE.into()]);
    Ok(arguments)
}

/// Text in double quotes, as Lua, TOML and Emacs Lisp read them alike.
fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

const NEOVIM: &str = r"vim.opt.runtimepath:prepend(PLUGIN)
vim.diagnostic.config({ virtual_text = true })
vim.o.number = true
vim.o.hidden = true
require('lockstep').setup({ cmd = { SERVER, 'lsp', '--in-process' } })
";

const HELIX: &str = r#"[language-server.lockstep]
command = SERVER
args = ["lsp", "--in-process"]

[[language]]
name = "markdown"
roots = ["lockstep.toml"]
language-servers = ["lockstep"]

[[language]]
name = "json"
roots = ["lockstep.toml"]
language-servers = ["lockstep"]
"#;

const EMACS: &str = r#"(require 'eglot)
(require 'project)
(define-derived-mode lockstep-markdown-mode text-mode "Markdown")
(add-to-list 'auto-mode-alist '("\\.md\\'" . lockstep-markdown-mode))
(add-to-list 'auto-mode-alist '("\\.json\\'" . js-json-mode))
(setq project-vc-extra-root-markers '("lockstep.toml") eglot-confirm-server-edits nil)
(add-to-list 'eglot-server-programs
             '(((lockstep-markdown-mode :language-id "markdown")
                (js-json-mode :language-id "json"))
               . (SERVER "lsp" "--in-process")))
(add-hook 'lockstep-markdown-mode-hook #'eglot-ensure)
(add-hook 'js-json-mode-hook #'eglot-ensure)
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_plugin_is_embedded() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../editors/neovim");
        let files = lockstep_store::loader::files(&root, &|path| !path.starts_with("tests/"));
        let mut embedded: Vec<&str> = PLUGIN.iter().map(|(path, _)| *path).collect();
        embedded.sort_unstable();
        assert_eq!(files, embedded);
    }

    #[test]
    fn a_path_with_quotes_is_one_string() {
        assert_eq!(quote(r#"C:\a "b""#), r#""C:\\a \"b\"""#);
    }
}
