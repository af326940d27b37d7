#!/usr/bin/env python3
"""Measures what agents wait for: `lockstep next` and `lockstep hook` as whole processes, with a daemon that holds the
workspace and without one, and the time from a change by a tool of `lockstep mcp` until each of eight editors has it.

    tests/measure/agents.py --program target/release/lockstep [--tasks 1000] [--rounds 100]

Times are wall clock, so that the load of the machine is told with them; processor time is that of the command alone.
"""

import argparse
import json
import os
import queue
import resource
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import trees
from client import Server, quantile, uri

EDITORS = 8


class Editor(Server):
    """An editor that notes when it is told of findings."""

    def __init__(self, *arguments):
        self.told = queue.Queue()
        super().__init__(*arguments)

    def notified(self, method, params):
        if method == "textDocument/publishDiagnostics":
            self.told.put((time.perf_counter(), params))


class Tools:
    """`lockstep mcp`, by the later of its two eras."""

    def __init__(self, program, root, environment):
        self.process = subprocess.Popen([program, "mcp"], cwd=root, env=environment, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.id = 0

    def call(self, name, arguments):
        self.id += 1
        meta = {"io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientCapabilities": {},
                "io.modelcontextprotocol/clientInfo": {"name": "measure", "version": "1"}}
        params = dict(name=name, arguments=arguments, _meta=meta)
        self.process.stdin.write(json.dumps(dict(jsonrpc="2.0", id=self.id, method="tools/call", params=params)) + "\n")
        self.process.stdin.flush()
        while True:
            message = json.loads(self.process.stdout.readline())
            if message.get("id") == self.id:
                return message["result"]["structuredContent"]

    def end(self):
        self.process.stdin.close()
        self.process.wait(5)


def with_finding(root, n):
    """Adds a task that depends on one that has not begun: as long as it is under way, that is a finding that says its status."""
    open_task, task = str(n + 1), str(n + 2)
    text = "\n### {}. Wait for it\n- **Status**: [NOT STARTED]\n- **Dependencies**: {}\n"
    with open(os.path.join(root, "TODO.md"), "a", encoding="utf-8") as file:
        file.write(text.format(open_task, "None") + text.format(task, open_task))
    path = os.path.join(root, "specs", "state.json")
    state = json.load(open(path, encoding="utf-8"))
    state["active_projects"] += [dict(project_number=int(id), project_name="wait", status="not_started") for id in (open_task, task)]
    with open(path, "w", encoding="utf-8") as file:
        json.dump(state, file, indent=2)
    return task


def figures(times):
    return f"p50 {quantile(times, 0.5):7.1f} ms   p99 {quantile(times, 0.99):7.1f} ms   of {len(times)}"


def commands(program, root, environment, rounds):
    """The wall times and the mean processor time of `next` and `hook`, in turns."""
    edited = os.path.join(root, "TODO.md")
    call = dict(session_id="", transcript_path="/t", cwd=root, permission_mode="default", hook_event_name="PostToolUse",
                tool_name="Edit", tool_input=dict(file_path=edited), tool_response={}, tool_use_id="t")
    asked = dict(next=["next", "--format", "json", "--limit", "5"], hook=["hook"])
    times, cpu = {name: [] for name in asked}, {name: 0.0 for name in asked}
    for round in range(rounds + 3):
        for name, arguments in asked.items():
            call["session_id"] = f"s{time.time_ns()}"
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            began = time.perf_counter()
            done = subprocess.run([program, *arguments], cwd=root, env=environment, input=json.dumps(call).encode(),
                                  stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            took = (time.perf_counter() - began) * 1e3
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            assert done.returncode == 0, done.stderr
            if round >= 3:
                times[name].append(took)
                cpu[name] += (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1e3
    return {name: f"{figures(times[name])}   processor {cpu[name] / rounds:5.1f} ms" for name in asked}


def told(program, root, environment, task, rounds):
    """From just before a tool is called until each editor has been told of what that makes."""
    editors = [Editor([program, "lsp"], root, environment) for _ in range(EDITORS)]
    for editor in editors:
        editor.initialize()
        editor.request("lockstep/tasks", dict(limit=1, brief=True))
    tools = Tools(program, root, environment)
    times = []
    for round in range(rounds):
        for editor in editors:
            while not editor.told.empty():
                editor.told.get()
        status = ["implementing", "partial"][round % 2]
        seen = tools.call("task", dict(id=task))
        began = time.perf_counter()
        answer = tools.call("set_status", dict(id=task, status=status, expect=seen["rev"]))
        assert "transaction" in answer, answer
        for editor in editors:
            try:
                arrived, _ = editor.told.get(timeout=10)
                times.append((arrived - began) * 1e3)
            except queue.Empty:
                raise RuntimeError(f"an editor was not told that task {task} is {status}")
    tools.end()
    for editor in editors:
        editor.end()
    return times


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--tasks", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=100)
    options = parser.parse_args()
    program = os.path.abspath(options.program)
    with tempfile.TemporaryDirectory() as folder:
        root = os.path.join(os.path.realpath(folder), "repository")
        trees.make(options.tasks, root)
        task = with_finding(root, options.tasks)
        environment = {**os.environ, "LOCKSTEP_RUNTIME_DIR": os.path.join(folder, "run")}
        environment.pop("LOCKSTEP_NO_DAEMON", None)
        print(f"{options.tasks} tasks, load {os.getloadavg()[0]:.1f}")
        alone = {**environment, "LOCKSTEP_NO_DAEMON": "1"}
        for name, told_of in commands(program, root, alone, max(10, options.rounds // 5)).items():
            print(f"{name:5} without a daemon   {told_of}")
        editor = Server([program, "lsp"], root, environment)
        editor.initialize()
        editor.request("lockstep/tasks", dict(limit=1, brief=True))
        for name, told_of in commands(program, root, environment, options.rounds).items():
            print(f"{name:5} with the daemon    {told_of}")
        print(f"a tool's change in {EDITORS} editors   {figures(told(program, root, environment, task, options.rounds))}")
        editor.end()
        subprocess.run([program, "daemon", "stop"], env=environment, cwd=root, stdout=subprocess.DEVNULL)
        print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
