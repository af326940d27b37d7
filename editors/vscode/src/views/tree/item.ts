//! How nodes of the tree look.

import { basename } from "node:path";
import * as vscode from "vscode";
import type { Category, TaskRow } from "../../protocol";
import { keyOf } from "../../tasks/store";
import { isContradictory, joined, progressWord, statusWord } from "../../tasks/words";
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
  item.description = String(group.keys.length);
  item.contextValue = "group";
  return item;
}

/** A task. */
export function taskItem(node: TaskNode, hasParts: boolean): vscode.TreeItem {
  const { row } = node;
  const { Collapsed, None } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(joined("  ", row.id, row.title), hasParts ? Collapsed : None);
  const contradiction = isContradictory(row) && "⚠";
  item.id = `task:${keyOf(row)}`;
  item.description = joined("  ", progressWord(row.progress), statusWord(row), contradiction);
  item.iconPath = iconOf(row.category);
  item.tooltip = tooltip(row);
  item.contextValue = `task ${row.category ?? "unknown"}${isContradictory(row) || row.findings ? " faulty" : ""}`;
  item.accessibilityInformation = { label: spoken(row) };
  item.command = { command: "lockstep.ui.goToTask", title: t("Go to Task"), arguments: [node] };
  return item;
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
  const findings = row.findings ? t("{0} findings", row.findings) : "";
  const place = row.path ? `${row.path}:${row.line ?? 1}` : "";
  const contradiction = isContradictory(row) ? t("Its files contradict each other") : "";
  const head = joined(" ", row.id, row.title);
  return joined("\n", head, joined("  ", statusWord(row), progressWord(row.progress)), contradiction, findings, place);
}

function spoken(row: TaskRow): string {
  const progress = row.progress ? t("{0} of {1} parts done", row.progress.done, row.progress.total) : "";
  const contradiction = isContradictory(row) && t("files contradict each other");
  return joined(", ", t("task {0}", row.id), row.title, row.status, progress, contradiction, basename(row.path ?? ""));
}
