"""Results as `server/docs/performance.md`."""

from statistics import median

OWN = "lockstep"
TITLES = dict(hover="hover", documentSymbol="outline", codeAction="code actions", completion="completion",
              diagnostic="diagnostics", codeLens="code lenses", symbol="search for symbols", rename="renaming")

HEAD = """\
# Performance

How long somebody waits at a key, beside other language servers for Markdown. Measured on {day} on {machine}, by

```console
{commands}
```

Lockstep {version}. The trees are made by that program: N tasks in one `TODO.md`, each with fields, N/2 plans with five phases of check boxes, and a record of each task in `specs/state.json`; nothing is to be found in them.

A figure is the median of {runs}, in each of which all servers were measured one after the other, and within a run the median of at most 60 keystrokes. A keystroke is one character in the middle of `TODO.md`, and right behind it the request; the time ends when the answer is read. **Processor time** is what the server's processes use for both: it hardly depends on what else the machine does, wall time does; it is told in steps of a sixth of a millisecond. {noise}

Only what both answer can be compared. What is answered is not the same: the others know links, headings and style, Lockstep knows tasks. A hover of theirs tells of a link, one of ours of a task in all of its files.
"""

INSTRUCTIONS = """\
## Instructions

What the hot paths take in instructions, counted by callgrind. They are the same whatever else a machine does, so a slower path shows: `tests/measure/side-by-side --runs 0 --instructions 1000,10000` tells what differs by more than 3 % from the last count.
"""


def text(results):
    out = []
    sizes = sorted(results["sizes"].items(), key=lambda it: int(it[0]))
    own = next(it for it in results["servers"] if it["name"] == OWN)
    n_runs = {len(found["runs"]) for _, found in sizes}
    loads = [load for _, found in sizes for load in found["load"]]
    noise = f"The machine was {'busy' if max(loads) > 2 else 'quiet'}: its load was between {min(loads):.1f} and {max(loads):.1f}."
    out.append(HEAD.format(day=results["day"], machine=results["machine"], version=own["version"], noise=noise,
                           commands="\n".join(dict.fromkeys(results["commands"])), runs=" or ".join("1 run" if n == 1 else f"{n} runs" for n in sorted(n_runs))))
    out.append(servers(results))
    out.append(flatness(sizes))
    for size, found in sizes:
        out.append(table(int(size), found, results))
    out.append(behind(sizes))
    if results["instructions"]:
        out.append(INSTRUCTIONS)
        out.append(counts(results["instructions"]))
    return "\n".join(part.rstrip("\n") + "\n" for part in out if part)


def servers(results):
    rows = ["| server | version | |", "|---|---|---|"]
    rows += [f"| {it['name']} | {it['version']} | {it['note']} |" for it in results["servers"] if it["name"] != OWN]
    measured = {it["name"] for it in results["servers"]}
    absent = {name: reason for name, reason in results["absent"].items() if name not in measured}
    rows += [f"| {name} | not measured | {reason} |" for name, reason in absent.items()]
    return "\n".join(rows)


def figures(found, name, *path):
    """What the runs have of one server under `path`."""
    values = []
    for run in found["runs"]:
        at = run.get(name)
        for key in path:
            at = at.get(key) if isinstance(at, dict) else None
        if at is not None:
            values.append(at)
    return values


def middle(found, name, *path):
    values = figures(found, name, *path)
    return median(values) if values else None


def ms(value):
    if value is None:
        return "–"
    if value >= 1000:
        return f"{value / 1000:.1f} s"
    return f"{value:.0f} ms" if value >= 10 else f"{value:.1f} ms"


def flatness(sizes):
    """Processor time of a keystroke against the number of tasks."""
    rows = ["## A keystroke, by the number of tasks", "",
            "Processor time of Lockstep for a keystroke and the request behind it.", "",
            "| request | " + " | ".join(f"{int(size):,}" for size, _ in sizes) + " |", "|---|" + "---:|" * len(sizes)]
    for kind, title in TITLES.items():
        values = [middle(found, OWN, "requests", kind, "cpu") for _, found in sizes]
        if any(value is not None for value in values):
            rows.append(f"| {title} | " + " | ".join(map(ms, values)) + " |")
    return "\n".join(rows) + "\n"


def table(size, found, results):
    names = [it["name"] for it in results["servers"] if any(it["name"] in run for run in found["runs"])]
    rows = [f"## {size:,} tasks", "", "| | " + " | ".join(names) + " |", "|---|" + "---:|" * len(names)]

    def row(title, cell):
        cells = [cell(name) for name in names]
        if any(it != "–" for it in cells):
            rows.append(f"| {title} | " + " | ".join(cells) + " |")

    def start(name):
        wall, cpu = middle(found, name, "workspace"), middle(found, name, "workspace_cpu")
        return ms(wall) if cpu is None or wall is None else f"{ms(wall)} ({ms(cpu)})"

    row("start to the first answer about the workspace, wall (processor)", start)
    row("open `TODO.md`, to its first answer", lambda name: ms(middle(found, name, "open")))
    for kind, title in TITLES.items():
        def both(name):
            wall = middle(found, name, "requests", kind, "p50")
            if wall is None:
                return "failed" if figures(found, name, "failed", kind) else "–"
            return f"{ms(wall)} ({ms(middle(found, name, 'requests', kind, 'cpu'))})"
        row(f"keystroke and {title}, wall (processor)", both)
    row("memory at its highest", lambda name: "–" if (it := middle(found, name, "megabytes")) is None else f"{it:.0f} MB")
    rows.append("")
    rows += ratios(size, found, names)
    return "\n".join(rows) + "\n"


def ratios(size, found, names):
    """In words how many times the best of the others takes."""
    said = []
    for kind, title in TITLES.items():
        own = middle(found, OWN, "requests", kind, "p50")
        others = {it: middle(found, it, "requests", kind, "p50") for it in names if it != OWN}
        others = {name: value for name, value in others.items() if value is not None}
        if own and others:
            best = min(others, key=others.get)
            said.append(f"{title} {others[best] / own:.1f} ({best})")
    return [f"Wall time of the best of the others, in times that of Lockstep: {'; '.join(said)}."] if said else []


def behind(sizes):
    """Where another is ahead."""
    rows = []
    for size, found in sizes:
        names = {name for run in found["runs"] for name in run} - {OWN}
        measures = {"start": ("workspace",), "open": ("open",), "memory": ("megabytes",)}
        measures |= {f"keystroke and {title}": ("requests", kind, "p50") for kind, title in TITLES.items()}
        for title, path in measures.items():
            own = middle(found, OWN, *path)
            for name in sorted(names):
                other = middle(found, name, *path)
                if own is not None and other is not None and other < own:
                    shown = (lambda it: f"{it:.0f} MB") if title == "memory" else ms
                    rows.append(f"| {int(size):,} | {title} | {name} | {shown(other)} | {shown(own)} |")
    if not rows:
        return "## Where another is ahead\n\nNowhere in what both answer.\n"
    head = ["## Where another is ahead", "", "| tasks | what | server | it | Lockstep |", "|---:|---|---|---:|---:|"]
    return "\n".join(head + rows) + "\n" + REASONS


REASONS = """
Wall times of a busy machine say little; processor time is what to compare. A linter starts with less: it reads Markdown alone, and no records. It keeps less in memory at few tasks, for it keeps no index of who says what about which task.

What is not flat: each key copies the lists of the pieces in which texts, lines and facts are kept, which are about as many as the root of how much there is; it shows at 100,000 tasks. An outline is as long as the file has tasks, about 260 bytes each, and takes at least as long as that is to be written; only what a key changes is made again. Lenses are as many as tasks are under way, and are told all; a search looks at which letters there are in the names of each task, and compares those that may fit.
"""


def counts(by_size):
    sizes = sorted(by_size, key=int)
    names = list(dict.fromkeys(name for size in sizes for name in by_size[size]))
    rows = ["| | " + " | ".join(f"{int(size):,} tasks" for size in sizes) + " |", "|---|" + "---:|" * len(sizes)]
    shown = lambda n: "–" if n is None else f"{n / 1e6:,.1f} M" if n < 1e9 else f"{n / 1e9:,.2f} G"
    rows += [f"| {name} | " + " | ".join(shown(by_size[size].get(name)) for size in sizes) + " |" for name in names]
    return "\n".join(rows)
