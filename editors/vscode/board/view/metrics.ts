//! How large cards are. They are not measured in the page: a column of 10,000 knows its height at once.

import type { Card } from "../../src/board/messages";

/** Around the content of a card, border included; between two cards; between its lines. */
const PADDING = 16;
const GAP = 6;
const BETWEEN = 3;

/** What does not depend on the card: the font, and how wide a card's content is. */
export class Metrics {
  /** The height of a line of text. */
  readonly line: number;
  private readonly pen: CanvasRenderingContext2D | null;
  private readonly widths = new Map<string, number>();

  constructor(font: CSSStyleDeclaration) {
    const size = Number.parseFloat(font.fontSize) || 13;
    this.line = Math.round(size * 1.4);
    this.pen = document.createElement("canvas").getContext("2d");
    if (this.pen) this.pen.font = `${font.fontWeight} ${font.fontSize} ${font.fontFamily}`;
  }

  /** How many lines the title takes on a card of a width, two at most. */
  titleLines(card: Card, width: number): 1 | 2 {
    return this.widthOf(card.title) > width - PADDING - 2 ? 2 : 1;
  }

  /** The height of a card with the gap that follows it. */
  heightOf(card: Card, width: number): number {
    const lines = 1 + this.titleLines(card, width) + (hasFoot(card) ? 1 : 0);
    return PADDING + lines * this.line + (hasFoot(card) ? 2 : 1) * BETWEEN + GAP;
  }

  private widthOf(title: string): number {
    let width = this.widths.get(title);
    if (width === undefined) {
      width = this.pen ? this.pen.measureText(title).width : title.length * 7;
      this.widths.set(title, width);
    }
    return width;
  }
}

/** The height of the gap below a card. */
export const CARD_GAP = GAP;

/** Whether a card has a last line. */
export function hasFoot(card: Card): boolean {
  return card.progress !== null || card.holder !== null || card.folder !== null;
}
