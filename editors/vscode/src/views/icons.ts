//! How categories look: icons of the theme, in colours of the theme.

import { ThemeColor, ThemeIcon } from "vscode";
import type { Category } from "../protocol";

const ICONS: Readonly<Record<Category, readonly [icon: string, color: string]>> = {
  open: ["circle-large-outline", "icon.foreground"],
  active: ["play-circle", "charts.blue"],
  waiting: ["watch", "charts.yellow"],
  done: ["pass", "charts.green"],
  failed: ["error", "charts.red"],
  dropped: ["circle-slash", "disabledForeground"],
};

/** The icon of a category. */
export function iconOf(category: Category | null): ThemeIcon {
  const [icon, color] = category ? ICONS[category] : (["question", "icon.foreground"] as const);
  return new ThemeIcon(icon, new ThemeColor(color));
}

/** The name of that icon in texts: `$(pass)`. */
export function iconText(category: Category | null): string {
  return `$(${iconOf(category).id})`;
}
