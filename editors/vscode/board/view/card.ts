//! One card. It is made once, and shows one task after another.

import type { Card } from "../../src/board/messages";
import type { Words } from "../../src/board/words";
import { drawing, element, menuOf, setAttribute, setStyle, setText } from "./dom";
import { hasFoot } from "./metrics";
import { findings, spoken, tooltip } from "./text";

/** How a card is shown, besides what it says. */
export interface Setting {
  index: number;
  count: number;
  top: number;
  height: number;
  isTwoLines: boolean;
  isSelected: boolean;
  isWaiting: boolean;
  /** The status in words, where the column does not say it already. */
  status: string | null;
}

let made = 0;

export class CardView {
  readonly node = element("div", "card", { role: "option", id: `card-${(made += 1)}` });
  private key = "";
  private card: Card | null = null;
  private setting: Setting | null = null;
  private readonly id = element("span", "card-id");
  private readonly status = element("span", "card-status");
  private readonly ready = element("span", "card-ready");
  private readonly faults = element("span", "card-findings");
  private readonly count = element("span", "", { "aria-hidden": "true" });
  private readonly title = element("div", "card-title");
  private readonly foot = element("div", "card-line card-foot");
  private readonly bar = element("span", "card-bar");
  private readonly done = element("span", "card-done");
  private readonly parts = element("span", "card-parts", { "aria-hidden": "true" });
  private readonly holder = element("span", "card-tag", { "aria-hidden": "true" });
  private readonly folder = element("span", "card-tag", { "aria-hidden": "true" });
  private readonly holderName = element("span", "card-tag-name");
  private readonly folderName = element("span", "card-tag-name");

  /** What the drawings and numbers say, for whoever hears the card. */
  private readonly spoken = element("span", "unseen");
  private readonly words: Words;

  constructor(words: Words) {
    this.words = words;
    const head = element("div", "card-line card-head");
    this.ready.textContent = words.ready;
    this.faults.append(drawing("warning"), this.count);
    head.append(this.id, this.status, this.ready, this.faults);
    this.bar.append(this.done);
    this.holder.append(drawing("person"), this.holderName);
    this.folder.append(drawing("folder"), this.folderName);
    this.foot.append(this.bar, this.parts, this.folder, this.holder);
    this.node.append(head, this.title, this.foot, this.spoken);
  }

  /** Shows a task. Only what differs is touched: nothing where neither the card nor its setting is another one. */
  show(card: Card, setting: Setting): void {
    if (this.card === card && this.setting && isSame(this.setting, setting)) return;
    this.card = card;
    this.setting = setting;
    const { node, words } = this;
    if (this.key !== card.key) {
      this.key = card.key;
      node.dataset.key = card.key;
      node.dataset.vscodeContext = menuOf(card.key);
    }
    setAttribute(node, "aria-posinset", String(setting.index + 1));
    setAttribute(node, "aria-setsize", String(setting.count));
    setAttribute(node, "aria-selected", String(setting.isSelected));
    setAttribute(node, "title", tooltip(words, card));
    setStyle(node, "transform", `translateY(${setting.top}px)`);
    setStyle(node, "height", `${setting.height}px`);
    node.classList.toggle("is-selected", setting.isSelected);
    node.classList.toggle("is-waiting", setting.isWaiting);
    node.classList.toggle("is-two-lines", setting.isTwoLines);
    setAttribute(node, "data-category", card.category ?? "unknown");
    this.fill(card, setting);
  }

  private fill(card: Card, setting: Setting): void {
    setText(this.id, card.id);
    setText(this.title, card.title);
    setText(this.spoken, spoken(this.words, card, setting.isWaiting));
    setText(this.status, setting.status ?? "");
    this.status.hidden = setting.status === null;
    this.ready.hidden = !card.ready;
    this.faults.hidden = card.findings === 0 && card.agreed;
    setText(this.count, card.findings > 0 ? String(card.findings) : "");
    setAttribute(this.faults, "title", card.findings > 0 ? findings(this.words, card.findings) : this.words.disagrees);
    this.foot.hidden = !hasFoot(card);
    if (this.foot.hidden) return;
    const { progress } = card;
    this.bar.hidden = this.parts.hidden = progress === null;
    if (progress) {
      setStyle(this.done, "width", `${progress.total > 0 ? (100 * progress.done) / progress.total : 0}%`);
      setText(this.parts, `${progress.done}/${progress.total}`);
    }
    this.holder.hidden = card.holder === null;
    setText(this.holderName, card.holder ?? "");
    this.folder.hidden = card.folder === null;
    setText(this.folderName, card.folder ?? "");
  }
}

function isSame(a: Setting, b: Setting): boolean {
  return (Object.keys(a) as (keyof Setting)[]).every((name) => a[name] === b[name]);
}
