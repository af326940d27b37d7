// Stands between a client and the language server of VS Code's Markdown, and answers what that asks its client for: what
// markdown-it makes of a file, and what is on the disk. In VS Code the extension host does this.
//
//   node bridge.mjs FOLDER-WITH-NODE_MODULES ROOT
//
// Everything else passes through as it is.

import { spawn } from 'node:child_process';
import { readFile, readdir, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const [tools, root] = process.argv.slice(2);
const require = createRequire(pathToFileURL(join(tools, 'package.json')));
const markdownIt = require('markdown-it')({ html: true });
const main = join(tools, 'node_modules/vscode-markdown-languageserver/dist/node/workerMain.js');
const server = spawn(process.execPath, ['--max-old-space-size=8192', '--stack-size=4000', main, '--stdio'], {
  stdio: ['pipe', 'pipe', 'inherit'],
});

/** The texts of open documents, as far as markdown-it reads them instead of what is on disk. */
const open = new Map();

const handlers = {
  'markdown/parse': async ({ uri, text }) => markdownIt.parse(text ?? open.get(uri) ?? (await textOf(uri)), {}).map(plain),
  'markdown/fs/readFile': async ({ uri }) => [...(await readFile(fileURLToPath(uri)))],
  'markdown/fs/readDirectory': async ({ uri }) => {
    const entries = await readdir(fileURLToPath(uri), { withFileTypes: true });
    return entries.map((entry) => [entry.name, { isDirectory: entry.isDirectory() }]);
  },
  'markdown/fs/stat': async ({ uri }) => {
    try {
      return { isDirectory: (await stat(fileURLToPath(uri))).isDirectory() };
    } catch {
      return null;
    }
  },
  'markdown/fs/watcher/create': async () => null,
  'markdown/fs/watcher/delete': async () => null,
  'markdown/findMarkdownFilesInWorkspace': async () => {
    const names = await readdir(root, { recursive: true });
    return names.filter((name) => name.endsWith('.md')).map((name) => pathToFileURL(join(root, name)).href);
  },
};

const textOf = async (uri) => readFile(fileURLToPath(uri), 'utf8');

/** What the server reads of a token: the protocol passes no functions. */
const plain = ({ type, markup, content, map, children }) => ({
  type,
  markup,
  content,
  map,
  children: children?.map(plain) ?? null,
});

/** Calls `each` with every message, and the bytes of its body, that come from `stream`. */
function frames(stream, each) {
  let chunks = [];
  let size = 0;
  let wanted = null;
  const joined = () => {
    const all = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
    chunks = [all];
    return all;
  };
  stream.on('data', (chunk) => {
    chunks.push(chunk);
    size += chunk.length;
    for (;;) {
      if (wanted === null) {
        const all = joined();
        const end = all.indexOf('\r\n\r\n');
        if (end < 0) return;
        wanted = Number(/content-length: *(\d+)/i.exec(all.subarray(0, end).toString())[1]);
        chunks = [all.subarray(end + 4)];
        size = chunks[0].length;
      }
      if (size < wanted) return;
      const all = joined();
      const body = all.subarray(0, wanted);
      chunks = [all.subarray(wanted)];
      size = chunks[0].length;
      wanted = null;
      each(JSON.parse(body.toString()), body);
    }
  });
}

const write = (to, body) => {
  to.write(`Content-Length: ${body.length}\r\n\r\n`);
  to.write(body);
};

/** Keeps the text of a document as the client changes it. */
function follow({ method, params }) {
  const uri = params?.textDocument?.uri;
  if (method === 'textDocument/didOpen') open.set(uri, params.textDocument.text);
  if (method === 'textDocument/didClose') open.delete(uri);
  if (method !== 'textDocument/didChange') return;
  for (const { range, text } of params.contentChanges) {
    const before = open.get(uri) ?? '';
    open.set(uri, range ? before.slice(0, offset(before, range.start)) + text + before.slice(offset(before, range.end)) : text);
  }
}

function offset(text, { line, character }) {
  let at = 0;
  for (let n = 0; n < line; n++) at = text.indexOf('\n', at) + 1;
  return at + character;
}

frames(process.stdin, (message, body) => {
  follow(message);
  if (message.method === 'initialize') {
    message.params.initializationOptions = { markdownFileExtensions: ['md'], ...message.params.initializationOptions };
    body = Buffer.from(JSON.stringify(message));
  }
  write(server.stdin, body);
});
frames(server.stdout, async (message, body) => {
  const handler = message.id !== undefined && handlers[message.method];
  if (!handler) return write(process.stdout, body);
  let answer;
  try {
    answer = { result: await handler(message.params) };
  } catch (error) {
    answer = { error: { code: -32603, message: String(error) } };
  }
  write(server.stdin, Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: message.id, ...answer })));
});
process.stdin.on('end', () => server.kill());
server.on('exit', (code) => process.exit(code ?? 1));
