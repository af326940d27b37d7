//! How nodes of the tree look.

import * as vscode from "vscode";
import type { Category, TaskRow } from "../../protocol";
import { keyOf } from "../../tasks/store";
import { isContradictory, joined, progressWord, rootWord, statusWord } from "../../tasks/words";
import { iconOf } from "../icons";
import type { GroupNode, MoreNode, TaskNode } from "./model";

const { t } = vscode.l10n;

/** The word of a category, for headings. */
export function categoryWord(category: Category | ""): string {
  switch (category) {
    case "open":
      return t("Open");
    case "active":
      return t("Active");
    case "waiting":
      return t("Waiting");
    case "done":
      return t("Done");
    case "failed":
      return t("Failed");
    case "dropped":
      return t("Dropped");
    case "":
      return t("No status");
  }
}

/** A heading. */
export function groupItem({ group }: GroupNode, isByCategory: boolean): vscode.TreeItem {
  const label = isByCategory ? categoryWord(group.label as Category | "") : group.label || t("No file");
  const isFinished = isByCategory && (group.label === "done" || group.label === "dropped");
  const state = isFinished ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.Expanded;
  const item = new vscode.TreeItem(label, state);
  item.id = group.id;
  item.description = beside(String(group.keys.length));
  item.accessibilityInformation = { label: `${label}${item.description}` };
  item.contextValue = "group";
  return item;
}

/** A task. */
export function taskItem(node: TaskNode, hasParts: boolean, isOfSeveralRoots: boolean): vscode.TreeItem {
  const { row } = node;
  const { Collapsed, None } = vscode.TreeItemCollapsibleState;
  const label = joined("  ", row.id, row.title);
  const item = new vscode.TreeItem(label, hasParts ? Collapsed : None);
  const root = isOfSeveralRoots && rootWord(row);
  const contradiction = isContradictory(row) && "⚠";
  item.id = `task:${keyOf(row)}`;
  const holder = row.holder && t("held by {0}", row.holder);
  item.description = beside(joined("  ", root, progressWord(row.progress), statusWord(row), contradiction, holder));
  item.iconPath = iconOf(row.category);
  item.tooltip = tooltip(row);
  item.contextValue = `task ${row.category ?? "unknown"}${isContradictory(row) || row.findings ? " faulty" : ""}`;
  item.accessibilityInformation = { label: joined(", ", `${label}${item.description}`, ...spoken(row)) };
  item.command = { command: "lockstep.ui.goToTask", title: t("Go to Task"), arguments: [node] };
  return item;
}

/** What is read to somebody begins with what is seen, word for word. Nothing but this blank stands between a label and
 * its description. */
function beside(description: string): string {
  return description === "" ? "" : ` ${description}`;
}

/** The tasks that are not shown yet. */
export function moreItem(node: MoreNode): vscode.TreeItem {
  const item = new vscode.TreeItem(t("{0} more…", node.n));
  item.id = `more:${node.of}`;
  item.command = { command: "lockstep.ui.showMore", title: t("Show More"), arguments: [node] };
  return item;
}

/** Plain text: nothing of a title is a link or an image. */
function tooltip(row: TaskRow): string {
  const findings = row.findings === 1 ? t("1 finding") : row.findings > 1 ? t("{0} findings", row.findings) : "";
  const place = row.path ? `${row.path}:${row.line ?? 1}` : "";
  const contradiction = isContradictory(row) ? t("Its files contradict each other") : "";
  const holder = row.holder && t("held by {0}", row.holder);
  const head = joined(" ", row.id, row.title);
  return joined("\n", head, joined("  ", statusWord(row), progressWord(row.progress), holder), contradiction, findings, place);
}

/** What is read to somebody beside what is seen. */
function spoken(row: TaskRow): (string | false)[] {
  const progress = row.progress ? t("{0} of {1} parts done", row.progress.done, row.progress.total) : "";
  return [row.category ? categoryWord(row.category) : "", progress, isContradictory(row) && t("files contradict each other")];
}
