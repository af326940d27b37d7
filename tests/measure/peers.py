"""The servers that are measured, each as it is found or can be installed from a registry.

A server is a name, a version, a command that is given the root of a tree, and what it wants of its client. Where it cannot
be had there is a reason instead.
"""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from typing import Callable

RUMDL = "0.3.0"
IWES = "0.29.3"
VSCODE = "0.5.0"
MARKDOWN_IT = "14.1.0"


@dataclass
class Peer:
    name: str
    version: str
    command: Callable
    note: str = ""
    options: dict = field(default_factory=dict)
    settings: dict = field(default_factory=dict)
    # What is not asked of it from this many tasks on, for one answer takes minutes.
    too_slow: dict = field(default_factory=dict)
    # More tasks than this are not tried.
    most: int = 100_000


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError((done.stderr or done.stdout).strip().splitlines()[-1] if done.stderr or done.stdout else command[0])
    return done.stdout.strip()


def version(program):
    words = run(program, "--version").split()
    return next((word for word in words if word[0].isdigit()), words[-1])


def lockstep(program):
    return Peer("lockstep", version(program), lambda root: [program, "lsp", "--in-process"],
                options=dict(diagnostics="pull"))


def rumdl(tools):
    program = os.path.join(tools, "rumdl", "bin", "rumdl")
    if not os.path.exists(program):
        run("python3", "-m", "pip", "install", "--quiet", "--target", os.path.join(tools, "rumdl"), f"rumdl=={RUMDL}")
    return Peer("rumdl", version(program), lambda root: [program, "server", "--stdio"],
                note="a linter: it knows links and headings of Markdown")


def iwes(tools):
    program = shutil.which("iwes") or os.path.join(tools, "iwes", "bin", "iwes")
    if not os.path.exists(program):
        run("cargo", "install", "--quiet", "--locked", "--root", os.path.join(tools, "iwes"), "--version", IWES, "iwes")
    return Peer("iwes", IWES, lambda root: [program], note="a graph of notes", most=10_000,
                too_slow=dict(documentSymbol=10_000, completion=10_000))


def markdown_oxide(_):
    program = os.environ.get("LOCKSTEP_MARKDOWN_OXIDE") or shutil.which("markdown-oxide")
    if not program:
        raise RuntimeError("it is in no registry; set LOCKSTEP_MARKDOWN_OXIDE to a program that was built from its source")
    return Peer("markdown-oxide", version(program), lambda root: [program],
                note="reads only the first 10,000 lines of a file: of `TODO.md` about 770 tasks")


def vscode(tools):
    folder = os.path.join(tools, "vscode-markdown")
    node = os.environ.get("LOCKSTEP_NODE") or shutil.which("node")
    if not node or not shutil.which("npm"):
        raise RuntimeError("Node and npm are missing")
    package = os.path.join(folder, "node_modules", "vscode-markdown-languageserver", "package.json")
    if not os.path.exists(package):
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "package.json"), "w") as file:
            json.dump(dict(name="measured", private=True), file)
        run("npm", "install", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error",
            f"vscode-markdown-languageserver@{VSCODE}", f"markdown-it@{MARKDOWN_IT}")
    bridge = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bridge.mjs")
    validate = dict(enabled=True, **{kind: dict(enabled=True) for kind in ("referenceLinks", "fragmentLinks", "fileLinks")})
    return Peer("VS Code Markdown", VSCODE, lambda root: [node, bridge, folder, root], settings=dict(markdown=dict(validate=validate)),
                note="with the process that parses for it, as VS Code's extension host does", most=10_000)


PEERS = {"rumdl": rumdl, "markdown-oxide": markdown_oxide, "iwes": iwes, "VS Code Markdown": vscode}


def found(tools, names):
    """The peers that can be had, and why others cannot."""
    there, absent = [], {}
    for name, find in PEERS.items():
        if name not in names:
            continue
        try:
            there.append(find(tools))
        except (OSError, RuntimeError) as reason:
            absent[name] = str(reason)
    return there, absent
