"""How many instructions the hot paths take, by `valgrind --tool=callgrind`: the same number whatever else the machine does,
within a thousandth or so, so that a slower path shows where no time can be trusted.

What a keystroke with a request costs is the difference between two sessions of which one has more of them, divided by how
many more. What starting costs is a session that opens the file and asks once.
"""

import os
import re
import shutil
import subprocess
import tempfile

from client import BigFile, Server, first_of_workspace

FEW, MANY = 4, 24
KINDS = ("hover", "documentSymbol", "codeAction", "completion", "diagnostic", "codeLens")


def available():
    return shutil.which("valgrind")


def counted(command, root, drive):
    """The instructions of a program that is driven by `drive`, in all its threads."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out")
        tool = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", "--quiet"]
        drive(tool + command, root, dict(LOCKSTEP_RUNTIME_DIR=folder))
        text = open(out).read()
    return int(re.search(r"^(?:summary|totals): (\d+)", text, re.M).group(1))


def session(presses, kind):
    def drive(command, root, environment):
        server = Server(command, root, environment)
        server.initialize(dict(diagnostics="pull"))
        first_of_workspace(server, 3600)
        file = BigFile(server)
        file.ask("hover", 3600)
        for _ in range(presses):
            file.press()
            file.ask(kind, 3600)
        server.end()
    return drive


def once(command, root, environment):
    subprocess.run(command, cwd=root, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, check=True)


def measure(program, root, told=lambda text: None):
    """Instructions by what they are for."""
    serve = [program, "lsp", "--in-process"]
    found = {}
    for name, arguments in (("`check`", ["check"]), ("`list`", ["list"])):
        told(name)
        found[name] = counted([program, *arguments], root, once)
    told("start")
    found["start, to the first answer"] = counted(serve, root, session(0, "hover"))
    for kind in KINDS:
        told(kind)
        few, many = (counted(serve, root, session(presses, kind)) for presses in (FEW, MANY))
        found[f"keystroke and {kind}"] = (many - few) // (MANY - FEW)
    return found
