//! The view *Tasks*: the tree, its badge, its filter and its grouping.

import * as vscode from "vscode";
import type { Services } from "../../services";
import { isContradictory } from "../../tasks/words";
import { groupItem, moreItem, taskItem } from "./item";
import { GROUPINGS, type Grouping } from "./layout";
import { type MoreNode, type Node, type Refresh, TreeModel } from "./model";

const { t } = vscode.l10n;

/** Whether a filter is on: for the menus. */
const FILTERED = "lockstep.tree.isFiltered";

/** Where the grouping of this workspace is kept. */
const CHOSEN = "tree.groupBy";

/** The tree in the Explorer. */
export class TasksView implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #services: Services;
  readonly #model: TreeModel;
  readonly #view: vscode.TreeView<Node>;
  readonly #changed = new vscode.EventEmitter<Node[] | undefined>();
  readonly #subscriptions: vscode.Disposable[];

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(services: Services) {
    this.#services = services;
    this.#model = new TreeModel(services.tasks, this.#grouping());
    this.#view = vscode.window.createTreeView("lockstep.tasks", { treeDataProvider: this, showCollapseAll: true });
    const subscription = services.tasks.onDidChange((change) => this.#show(this.#model.update(change)));
    this.#subscriptions = [
      this.#view,
      this.#changed,
      new vscode.Disposable(() => subscription.dispose()),
      vscode.commands.registerCommand("lockstep.ui.showMore", (node: MoreNode) => this.#show(this.#model.showMore(node))),
      vscode.commands.registerCommand("lockstep.ui.filterTasks", () => this.#askFilter()),
      vscode.commands.registerCommand("lockstep.ui.clearFilter", () => this.#setFilter("")),
      vscode.commands.registerCommand("lockstep.ui.groupTasks", () => this.#askGrouping()),
      vscode.workspace.onDidChangeConfiguration((event) => this.#configured(event)),
    ];
    this.#show("all");
  }

  getChildren(node?: Node): Node[] {
    return this.#model.children(node);
  }

  getTreeItem(node: Node): vscode.TreeItem {
    switch (node.kind) {
      case "group":
        return groupItem(node, this.#grouping() === "category");
      case "task":
        return taskItem(node, this.#model.hasParts(node), this.#services.tasks.isOfSeveralRoots);
      case "more":
        return moreItem(node);
    }
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  #show(refresh: Refresh): void {
    if (refresh === "all" || refresh.length > 0) {
      this.#changed.fire(refresh === "all" ? undefined : refresh);
    }
    const n = this.#services.tasks.rows().filter(isContradictory).length;
    const tooltip = n === 1 ? t("1 task whose files contradict each other") : t("{0} tasks whose files contradict each other", n);
    this.#view.badge = n > 0 ? { value: n, tooltip } : undefined;
    const { filter, size } = this.#model;
    this.#view.message = filter === "" ? "" : t("{0} of {1} tasks match “{2}”", size, this.#services.tasks.size, filter);
  }

  #askFilter(): void {
    const box = vscode.window.createInputBox();
    box.title = t("Filter Tasks");
    box.placeholder = t("Words of the id, the title or the status");
    box.value = this.#model.filter;
    box.onDidChangeValue((text) => this.#setFilter(text));
    box.onDidAccept(() => box.hide());
    box.onDidHide(() => box.dispose());
    box.show();
  }

  #setFilter(text: string): void {
    this.#model.filter = text;
    void vscode.commands.executeCommand("setContext", FILTERED, this.#model.filter !== "");
    this.#show("all");
  }

  #configured(event: vscode.ConfigurationChangeEvent): void {
    if (event.affectsConfiguration("lockstep.tree.groupBy")) {
      this.#regroup();
    }
  }

  #regroup(): void {
    this.#model.grouping = this.#grouping();
    this.#show("all");
  }

  /** The grouping that was chosen for this workspace, else that of the settings. */
  #grouping(): Grouping {
    const chosen = this.#services.extension.workspaceState.get<string>(CHOSEN);
    const set = chosen ?? vscode.workspace.getConfiguration("lockstep").get<string>("tree.groupBy");
    return GROUPINGS.find((it) => it === set) ?? GROUPINGS[0]!;
  }

  async #askGrouping(): Promise<void> {
    const words: Record<Grouping, string> = {
      category: t("By Category"),
      order: t("In the Order of the Profile"),
      folder: t("By Folder"),
      parent: t("By Parent"),
    };
    const now = this.#grouping();
    const items = GROUPINGS.map((it) => ({ it, label: words[it], description: it === now ? t("now") : "" }));
    const chosen = await vscode.window.showQuickPick(items, { title: t("Group Tasks") });
    if (chosen) {
      await this.#services.extension.workspaceState.update(CHOSEN, chosen.it);
      this.#regroup();
    }
  }
}
