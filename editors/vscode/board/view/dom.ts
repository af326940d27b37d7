//! Makes elements. Text is only ever set as text: nothing here, or anywhere on the board, parses HTML.

/** An element with a class and attributes. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = "",
  attributes: Record<string, string> = {},
): HTMLElementTagNameMap[K] {
  const it = document.createElement(tag);
  if (className) it.className = className;
  for (const [name, value] of Object.entries(attributes)) it.setAttribute(name, value);
  return it;
}

/** Sets text, an attribute or a style only where it differs: what does not change is not touched. */
export function setText(node: HTMLElement, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

export function setAttribute(node: Element, name: string, value: string | null): void {
  if (node.getAttribute(name) === value) return;
  if (value === null) node.removeAttribute(name);
  else node.setAttribute(name, value);
}

export function setStyle(node: HTMLElement, name: string, value: string): void {
  if (node.style.getPropertyValue(name) !== value) node.style.setProperty(name, value);
}

/** What the editor is told of a card when its menu is opened. */
export function menuOf(key: string): string {
  return JSON.stringify({ webviewSection: "card", lockstepTask: key });
}

const SVG = "http://www.w3.org/2000/svg";

/** Drawings of 16 by 16, as strokes in the colour of the text. */
const DRAWINGS = {
  open: ["M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 0 0 0-11z"],
  active: ["M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 0 0 0-11z", "M6.7 5.6v4.8l3.9-2.4z"],
  waiting: ["M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 0 0 0-11z", "M8 5v3l2 1.6"],
  done: ["M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 0 0 0-11z", "M5.5 8.2l1.8 1.8l3.3-3.8"],
  failed: ["M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 0 0 0-11z", "M6.2 6.2l3.6 3.6M9.8 6.2l-3.6 3.6"],
  dropped: ["M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 0 0 0-11z", "M4.2 11.8l7.6-7.6"],
  unknown: ["M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 0 0 0-11z", "M6.4 6.6a1.6 1.6 0 1 1 2.3 1.4c-.5.3-.7.6-.7 1.1M8 10.9v.2"],
  warning: ["M8 2.6l6 10.6H2z", "M8 6.6v3.2M8 11.4v.2"],
  person: ["M8 8.2a2.6 2.6 0 1 0 0-5.2a2.6 2.6 0 0 0 0 5.2z", "M3.2 13.4c.4-2.4 2.4-3.6 4.8-3.6s4.4 1.2 4.8 3.6"],
  folder: ["M1.8 12.7V3.3h4.4l1.4 1.6h6.6v7.8z"],
  search: ["M7 2.8a4.2 4.2 0 1 0 0 8.4a4.2 4.2 0 0 0 0-8.4z", "M10.1 10.1l3.6 3.6"],
  clear: ["M4.2 4.2l7.6 7.6M11.8 4.2l-7.6 7.6"],
  fold: ["M9.8 4.2l-3.8 3.8l3.8 3.8"],
} as const;

/** The name of a drawing. */
export type Drawing = keyof typeof DRAWINGS;

/** A drawing. What it means is said elsewhere in words. */
export function drawing(name: Drawing): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", `drawing drawing-${name}`);
  svg.setAttribute("aria-hidden", "true");
  for (const line of DRAWINGS[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", line);
    svg.append(path);
  }
  return svg;
}
