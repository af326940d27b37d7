//! The page of the webview: nothing but what the extension brings, and no script but its own.

/** What the page is made of. */
export interface Page {
  /** The source of the extension's own files, for the policy. */
  source: string;
  script: string;
  style: string;
  /** Unguessable, and another for each page. */
  nonce: string;
  title: string;
  /** The language of the words, as `en` or `pt-br`. */
  language: string;
  /** The table of words, for the script. */
  words: Record<string, string>;
}

/** The whole page. */
export function boardHtml(page: Page): string {
  const policy = [
    "default-src 'none'",
    `style-src ${page.source}`,
    `script-src 'nonce-${page.nonce}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="${escaped(page.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${escaped(page.style)}">
<title>${escaped(page.title)}</title>
</head>
<body class="board-page">
<main id="board"></main>
<script type="application/json" id="words">${inScript(page.words)}</script>
<script nonce="${escaped(page.nonce)}" src="${escaped(page.script)}"></script>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (it) => `&#${it.charCodeAt(0)};`);
}

/** JSON that cannot end the element it stands in. */
function inScript(value: unknown): string {
  return JSON.stringify(value).replace(/</g, "\\u003c");
}
