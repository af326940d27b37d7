// Serves the board's own page to a browser, with a made-up host in place of the editor: the page is the one that the
// panel makes, under its own content policy, with the colours of the editor's themes.

import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const EXTENSION = new URL('../../../../editors/vscode/', import.meta.url).pathname;
const THEMES = JSON.parse(readFileSync(new URL('themes.json', import.meta.url)));

/** The names of the themes. */
export const themes = Object.keys(THEMES);

/** Builds the board, and serves it until it is closed. */
export async function serveBoard() {
  const { boardHtml, boardWords, script, style } = await build();
  const host = readFileSync(new URL('fake_host.js', import.meta.url), 'utf8');
  const server = createServer((request, response) => {
    const send = (type, body) => response.writeHead(200, { 'content-type': `${type}; charset=utf-8` }).end(body);
    const { pathname, searchParams } = new URL(request.url, 'http://fixture');
    if (pathname === '/board.js') send('text/javascript', script);
    else if (pathname === '/board.css') send('text/css', style);
    else if (pathname === '/fake_host.js') send('text/javascript', host);
    else if (pathname === '/theme.css') send('text/css', themeCss(searchParams.get('name')));
    else if (pathname === '/') send('text/html', page(boardHtml, boardWords(), searchParams.get('theme') ?? 'dark'));
    else response.writeHead(204).end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  return {
    address: (settings = {}) => `${origin}/?${new URLSearchParams(settings)}`,
    close: () => new Promise((resolve) => server.close(resolve)),
    size: { script: script.length, style: style.length },
  };
}

/** The page of the panel, with the host's script before its own, and the theme's class and colours. */
function page(boardHtml, words, theme) {
  const html = boardHtml({
    source: "'self'",
    script: '/board.js',
    style: '/board.css',
    nonce: 'fixture',
    title: 'Board',
    language: 'en',
    words,
  });
  return html
    .replace('<body class="', `<body class="${THEMES[theme].class} `)
    .replace('<link rel=', `<link rel="stylesheet" href="/theme.css?name=${theme}">\n<link rel=`)
    .replace('<script nonce=', '<script nonce="fixture" src="/fake_host.js"></script>\n<script nonce=');
}

/** What the editor puts into a webview: its variables, and its own styles in a layer below. */
function themeCss(name) {
  const variables = Object.entries(THEMES[name].variables).map(([key, value]) => `${key}: ${value};`);
  return `html { ${variables.join(' ')} }
@layer vscode-default { body { margin: 0; padding: 0 20px; font-size: var(--vscode-font-size); } }
`;
}

async function build() {
  const esbuild = createRequire(join(EXTENSION, 'package.json'))('esbuild');
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-board-'));
  try {
    const options = { bundle: true, minify: true, target: 'es2023', outdir: folder, absWorkingDir: EXTENSION };
    await esbuild.build({ ...options, entryPoints: ['board/board.ts', 'board/board.css'], format: 'iife' });
    await esbuild.build({
      ...options,
      stdin: {
        contents: 'export { boardHtml } from "./src/board/html"; export { boardWords } from "./src/board/words";',
        resolveDir: EXTENSION,
      },
      outdir: undefined,
      outfile: join(folder, 'panel.mjs'),
      format: 'esm',
      plugins: [{ name: 'editor', setup: standIn }],
    });
    const panel = await import(join(folder, 'panel.mjs'));
    const read = (name) => readFileSync(join(folder, name), 'utf8');
    return { ...panel, script: read('board.js'), style: read('board.css') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Of the editor's API the words need only their translation. */
function standIn(build) {
  build.onResolve({ filter: /^vscode$/ }, () => ({ path: 'vscode', namespace: 'editor' }));
  build.onLoad({ filter: /.*/, namespace: 'editor' }, () => ({
    contents: 'export const l10n = { t: (text) => text };',
  }));
}
