"""A client of the protocol that measures the server it speaks to. Python's standard library only.

A keystroke is one character put into, or taken out of, the middle of `TODO.md`; right behind it goes a request. Its time is
from just before the keystroke is written until the answer is parsed. A server that wants the whole text at each change is
sent it, as an editor would. Processor time is that of all its processes, and is what to compare on a busy machine.
"""

import json
import os
import pathlib
import queue
import subprocess
import threading
import time

KINDS = ("documentSymbol", "hover", "codeAction", "completion", "diagnostic", "codeLens", "symbol", "rename")

CAPABILITIES = dict(
    general=dict(positionEncodings=["utf-16"]),
    workspace=dict(
        configuration=True, workspaceFolders=True, applyEdit=True, diagnostics=dict(refreshSupport=True),
        workspaceEdit=dict(documentChanges=True, resourceOperations=["create", "rename", "delete"]),
        didChangeWatchedFiles=dict(dynamicRegistration=True), didChangeConfiguration=dict(dynamicRegistration=True)),
    textDocument=dict(
        synchronization=dict(didSave=True), hover=dict(contentFormat=["markdown", "plaintext"]),
        documentSymbol=dict(hierarchicalDocumentSymbolSupport=True), codeLens={}, inlayHint={},
        codeAction=dict(codeActionLiteralSupport=dict(codeActionKind=dict(valueSet=["", "quickfix", "refactor", "source"]))),
        completion=dict(completionItem=dict(snippetSupport=False)), diagnostic=dict(dynamicRegistration=True),
        publishDiagnostics=dict(versionSupport=True, relatedInformation=True)),
    window=dict(workDoneProgress=True))


def uri(path):
    return pathlib.Path(os.path.abspath(path)).as_uri()


def quantile(values, q):
    values = sorted(values)
    return values[min(len(values) - 1, int(round(q * (len(values) - 1))))] if values else None


class Processes:
    """A process and those that it has started: their time, and the most memory that each has held."""

    def __init__(self, pid):
        self.pid, self.peak, self.seconds, self.ends = pid, {}, {}, threading.Event()
        threading.Thread(target=self.watch, daemon=True).start()

    def watch(self):
        while not self.ends.wait(0.05):
            self.look()

    def all(self):
        left, found = [self.pid], []
        while left:
            pid = left.pop()
            found.append(pid)
            try:
                for task in os.listdir(f"/proc/{pid}/task"):
                    left += [int(child) for child in open(f"/proc/{pid}/task/{task}/children").read().split()]
            except OSError:
                pass
        return found

    def look(self):
        for pid in self.all():
            try:
                status = open(f"/proc/{pid}/status").read()
                fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
            except OSError:
                continue
            for line in status.splitlines():
                if line.startswith("VmHWM:"):
                    self.peak[pid] = max(self.peak.get(pid, 0), int(line.split()[1]))
            self.seconds[pid] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def cpu(self):
        self.look()
        return sum(self.seconds.values())

    def megabytes(self):
        self.look()
        return sum(self.peak.values()) / 1024


class Server:
    """A server under way, and what it has sent."""

    def __init__(self, command, root, environment=None):
        self.began = time.perf_counter()
        self.root = root
        self.process = subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, env={**os.environ, **(environment or {})})
        self.processes = Processes(self.process.pid)
        self.next_id, self.waiting, self.registered = 0, {}, []
        self.outgoing = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()
        threading.Thread(target=self.write, daemon=True).start()

    def write(self):
        # A thread of its own: a full pipe must not hold up who reads.
        while (message := self.outgoing.get()) is not None:
            try:
                self.process.stdin.write(message)
                self.process.stdin.flush()
            except (OSError, ValueError):
                return

    def send(self, message):
        body = json.dumps(dict(jsonrpc="2.0", **message), separators=(",", ":")).encode()
        self.outgoing.put(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    def read(self):
        stream = self.process.stdout
        while True:
            length = None
            while (line := stream.readline()).strip():
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            if length is None:
                for waiting in list(self.waiting.values()):
                    waiting.put((time.perf_counter(), dict(error=dict(message="the server has ended"))))
                return
            message = json.loads(stream.read(length))
            if "method" in message:
                if "id" in message:
                    self.send(dict(id=message["id"], result=self.answer(message["method"], message.get("params"))))
                else:
                    self.notified(message["method"], message.get("params"))
            elif message.get("id") in self.waiting:
                self.waiting.pop(message["id"]).put((time.perf_counter(), message))

    def notified(self, method, params):
        """What the server tells unasked is of no concern, unless somebody listens."""

    def answer(self, method, params):
        if method == "workspace/configuration":
            return [None for _ in params["items"]]
        if method == "client/registerCapability":
            self.registered += [it["method"] for it in params.get("registrations", [])]
        if method == "workspace/workspaceFolders":
            return [dict(uri=uri(self.root), name="root")]
        return dict(applied=True) if method == "workspace/applyEdit" else None

    def notify(self, method, params):
        self.send(dict(method=method, params=params))

    def request(self, method, params, timeout=180):
        """When the answer came, and the answer."""
        self.next_id += 1
        waiting = self.waiting[self.next_id] = queue.Queue()
        self.send(dict(id=self.next_id, method=method, params=params))
        arrived, message = waiting.get(timeout=timeout)
        if message.get("error"):
            raise RuntimeError(f"{method}: {message['error'].get('message')}"[:200])
        return arrived, message.get("result")

    def initialize(self, options=None):
        folders = [dict(uri=uri(self.root), name="root")]
        arrived, result = self.request("initialize", dict(
            processId=os.getpid(), clientInfo=dict(name="measure"), rootUri=uri(self.root), rootPath=self.root,
            capabilities=CAPABILITIES, workspaceFolders=folders, initializationOptions=options or {}))
        self.notify("initialized", {})
        self.offers = result["capabilities"]
        sync = self.offers.get("textDocumentSync", 1)
        self.sync = sync.get("change", 1) if isinstance(sync, dict) else sync
        return arrived

    def has(self, kind):
        name = "workspaceSymbol" if kind == "symbol" else kind
        provided = self.offers.get(name + "Provider") not in (None, False)
        return provided or (kind == "diagnostic" and "textDocument/diagnostic" in self.registered)

    def end(self):
        try:
            self.request("shutdown", None, 10)
            self.notify("exit", None)
            self.process.wait(5)
        except Exception:
            self.process.kill()
            self.process.wait()
        self.processes.ends.set()
        self.outgoing.put(None)


class BigFile:
    """`TODO.md` of a tree, open in a server, with a cursor in the middle."""

    def __init__(self, server):
        path = os.path.join(server.root, "TODO.md")
        self.server, self.text = server, open(path, encoding="utf-8").read()
        self.lines = self.text.split("\n")
        self.document = dict(uri=uri(path))
        # A task that has not begun, so that as much can follow in every tree.
        first = len(self.lines) // 2
        self.status = self.lines.index("- **Status**: [NOT STARTED]", first)
        self.heading = max(at for at in range(self.status) if self.lines[at].startswith("### "))
        self.line = next(at for at in range(self.status, len(self.lines)) if self.lines[at].startswith("**Description**"))
        self.version, self.is_typed = 1, False
        server.notify("textDocument/didOpen", dict(
            textDocument=dict(languageId="markdown", version=1, text=self.text, **self.document)))

    def press(self):
        """One keystroke: a character comes, or goes again."""
        self.version, self.is_typed = self.version + 1, not self.is_typed
        start = dict(line=self.line, character=20)
        if self.server.sync == 2:
            end = start if self.is_typed else dict(line=self.line, character=21)
            change = dict(range=dict(start=start, end=end), text="x" if self.is_typed else "")
        else:
            lines = self.lines[:]
            if self.is_typed:
                lines[self.line] = lines[self.line][:20] + "x" + lines[self.line][20:]
            change = dict(text="\n".join(lines))
        self.server.notify("textDocument/didChange", dict(
            textDocument=dict(version=self.version, **self.document), contentChanges=[change]))

    def ask(self, kind, timeout=180):
        line = dict(start=dict(line=self.status, character=0),
                    end=dict(line=self.status, character=len(self.lines[self.status])))
        if kind == "symbol":
            return self.server.request("workspace/symbol", dict(query="atomic lexer"), timeout)
        params = dict(
            rename=dict(position=dict(line=self.heading, character=16), newName="Another name"),
            documentSymbol={}, diagnostic={}, codeLens={},
            hover=dict(position=dict(line=self.status, character=14)),
            codeAction=dict(range=line, context=dict(diagnostics=[], triggerKind=1)),
            completion=dict(position=dict(line=self.status, character=15), context=dict(triggerKind=1)))[kind]
        return self.server.request("textDocument/" + kind, dict(textDocument=self.document, **params), timeout)


def measure(command, root, options=None, settings=None, environment=None, presses=60, seconds=6, kinds=KINDS):
    """All figures of one server on one tree; times in milliseconds. What failed is said under `failed`."""
    result = dict(requests={})
    server = Server(command, root, environment)
    try:
        result["initialized"] = (server.initialize(options) - server.began) * 1e3
        if settings:
            server.notify("workspace/didChangeConfiguration", dict(settings=settings))
        result["sync"] = {1: "full", 2: "incremental"}.get(server.sync, "none")
        if server.has("workspaceSymbol"):
            result["workspace"] = first_of_workspace(server)
            result["workspace_cpu"] = server.processes.cpu() * 1e3
        opened = time.perf_counter()
        file = BigFile(server)
        first = next((kind for kind in ("hover", *KINDS) if server.has(kind) and kind in kinds), None)
        result["open"] = (file.ask(first)[0] - opened) * 1e3
        for kind in filter(server.has, kinds):
            try:
                result["requests"][kind] = keystrokes(server, file, kind, presses, seconds)
            except Exception as error:
                result.setdefault("failed", {})[kind] = f"{type(error).__name__}: {error}"
                if server.process.poll() is not None:
                    break
    except Exception as error:
        result.setdefault("failed", {})["start"] = f"{type(error).__name__}: {error}"
    result["megabytes"] = server.processes.megabytes()
    result["cpu"] = server.processes.cpu()
    server.end()
    return result


def first_of_workspace(server, seconds=180):
    """From the start of the process until the plan of the last task is found by the title that it alone has."""
    folders = sorted(entry.name for entry in os.scandir(os.path.join(server.root, "specs")) if entry.is_dir())
    folder = max(folders, key=lambda name: int(name.split("_")[0]))
    plan = os.path.join(server.root, "specs", folder, "plans", "implementation-001.md")
    title = next(line for line in open(plan, encoding="utf-8") if line.startswith("# ")).strip("# \n")
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        # Ours knows tasks, and not the titles of their plans.
        for query in (title, title.split(": ")[-1]):
            arrived, found = server.request("workspace/symbol", dict(query=query))
            if any("unit" + folder.rsplit("unit", 1)[1] in json.dumps(it) for it in found or []):
                return (arrived - server.began) * 1e3
        time.sleep(0.02)
    raise RuntimeError("workspace/symbol never found the last plan")


def keystrokes(server, file, kind, presses, seconds):
    """Some keystrokes, each with a request of this kind right behind it."""
    until = time.perf_counter() + seconds
    for _ in range(2):
        file.press()
        file.ask(kind)
        if time.perf_counter() > until:
            break
    times, before = [], server.processes.cpu()
    while len(times) < presses and (time.perf_counter() < until or not times):
        began = time.perf_counter()
        file.press()
        times.append((file.ask(kind)[0] - began) * 1e3)
    cpu = (server.processes.cpu() - before) * 1e3 / len(times)
    return dict(n=len(times), p50=quantile(times, 0.5), p99=quantile(times, 0.99), cpu=cpu)
