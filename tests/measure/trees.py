"""Makes a repository of N tasks that are in step, the same one for the same N.

    TODO.md                                            all tasks, with field lines
    specs/state.json                                   a record of each
    specs/NNN_slug/plans/implementation-001.md         for every second task: five phases with check boxes
"""

import json
import os
import random

STATUS = ["NOT STARTED", "IN PROGRESS", "BLOCKED", "COMPLETED", "ABANDONED"]
WEIGHT = [50, 10, 5, 33, 2]
VERB = "Add Fix Remove Refactor Document Test Measure Rename Split Cache Validate Port".split()
NOUN = ("parser lexer index cache router session token schema migration exporter watcher "
        "renderer scheduler queue socket journal snapshot resolver planner formatter").split()
ADJ = "incremental atomic lazy concurrent portable strict minimal verbose legacy shared".split()
EFF = ["1 hour", "2-4 hours", "4-6 hours", "1 day", "3 days"]
PRIO = ["High", "Medium", "Low"]


def tasks(n, seed):
    r = random.Random(seed)
    out = []
    for i in range(1, n + 1):
        deps = sorted(r.sample(range(max(1, i - 40), i), min(i - max(1, i - 40), r.choice([0, 0, 0, 1, 2])))) if i > 1 else []
        out.append(dict(
            id=i, title=f"{r.choice(VERB)} {r.choice(ADJ)} {r.choice(NOUN)} {r.choice(NOUN)} unit{i}",
            status=r.choices(STATUS, WEIGHT)[0], prio=r.choice(PRIO), eff=r.choice(EFF), deps=deps,
            day=f"2026-{r.randint(1,12):02d}-{r.randint(1,28):02d}"))
    for t in out:                      # work done or begun may not depend on an open task
        if t["status"] in ("COMPLETED", "IN PROGRESS"):
            for d in t["deps"]:
                if out[d - 1]["status"] != "COMPLETED":
                    t["deps"] = [x for x in t["deps"] if x != d]
    return out


def slug(t):
    return t["title"].lower().replace(" ", "_")


def pdir(t):
    return f"specs/{t['id']:03d}_{slug(t)}"


def desc(t):
    return (f"{t['title']}: the {t['title'].split()[2]} must keep its state when two writers meet. "
            f"See the notes of the review and keep the public interface unchanged; "
            f"measure before and after, and write the numbers into the plan.")


def phase_states(status):
    return {"NOT STARTED": ["NOT STARTED"] * 5,
            "IN PROGRESS": ["COMPLETED", "COMPLETED", "IN PROGRESS", "NOT STARTED", "NOT STARTED"],
            "BLOCKED": ["COMPLETED", "BLOCKED", "NOT STARTED", "NOT STARTED", "NOT STARTED"],
            "COMPLETED": ["COMPLETED"] * 5,
            "ABANDONED": ["COMPLETED", "ABANDONED", "ABANDONED", "ABANDONED", "ABANDONED"]}[status]


def write(path, text):
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="\n") as f:
        f.write(text)


def make(n, out):
    """Writes the repository of `n` tasks to `out`."""
    ts = tasks(n, 1)
    b = ["---", f"next_project_number: {len(ts)+1}", "---", "", "# TODO", "", "## Tasks", ""]
    for t in ts:
        st = t["status"]
        b += [f"### {t['id']}. {t['title']}",
              f"- **Effort**: {t['eff']}",
              f"- **Status**: [{st}]",
              f"- **Priority**: {t['prio']}",
              "- **Language**: rust",
              "- **Dependencies**: " + (", ".join(map(str, t["deps"])) or "None"),
              f"- **Created**: {t['day']}"]
        b += {"COMPLETED": [f"- **Completed**: {t['day']}"],
              "BLOCKED": [f"- **Blocked**: {t['day']}", "- **Blocking Reason**: waits for a review"],
              "ABANDONED": [f"- **Abandoned**: {t['day']}", "- **Abandonment Reason**: not needed"]}.get(st, [])
        if t["id"] % 2 == 0:
            b.append(f"- **Plan**: [implementation-001.md]({pdir(t)}/plans/implementation-001.md)")
        b += ["", f"**Description**: {desc(t)}", "", "---", ""]
    write(f"{out}/TODO.md", "\n".join(b))
    proj = []
    for t in ts:
        st = t["status"].lower().replace(" ", "_")
        p = dict(project_number=t["id"], project_name=slug(t), status=st, language="rust",
                 priority=t["prio"].lower(), effort=t["eff"], dependencies=t["deps"],
                 created=t["day"] + "T00:00:00Z", last_updated=t["day"] + "T00:00:00Z")
        if t["id"] % 2 == 0:
            p["artifacts"] = [dict(type="plan", path=f"{pdir(t)}/plans/implementation-001.md", summary="plan")]
        proj.append(p)
    write(f"{out}/specs/state.json", json.dumps(
        dict(next_project_number=len(ts) + 1, active_projects=proj, completed_projects=[]), indent=2) + "\n")
    for t in ts:
        if t["id"] % 2:
            continue
        ph = phase_states(t["status"])
        b = ["---", f"task: {t['id']}", f"status: {t['status'].lower().replace(' ', '_')}", "---", "",
             f"# Implementation Plan: {t['title']}", "",
             f"- **Task**: {t['id']} - {t['title']}", f"- **Status**: [{t['status']}]",
             f"- **Effort**: {t['eff']}", "", "## Overview", "", desc(t), "", "## Implementation Phases", ""]
        for k, s in enumerate(ph, 1):
            b += [f"### Phase {k}: {VERB[(t['id']+k) % len(VERB)]} the {NOUN[(t['id']*3+k) % len(NOUN)]} [{s}]", "",
                  f"- **Goal**: step {k} of task {t['id']}", "- **Tasks**:"]
            for j in range(1, 5):
                done = s == "COMPLETED" or (s == "IN PROGRESS" and j <= 2)
                b.append(f"  - [{'x' if done else ' '}] {k}.{j} {VERB[(k*j) % len(VERB)].lower()} part {j} and run its tests")
            b += ["- **Timing**: 1 hour", ""]
        write(f"{out}/{pdir(t)}/plans/implementation-001.md", "\n".join(b) + "\n")
