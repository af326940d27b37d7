// Extensions of the tests' own, as packages that can be installed: one that does nothing, for what activation costs at the
// least, and one that calls tools as an agent does.

import fs from 'node:fs';
import zlib from 'node:zlib';

/** Writes the package of an extension that does nothing. */
export function writeNothing(file) {
  const manifest = { name: 'nothing', displayName: 'Nothing', activationEvents: ['onLanguage:markdown'] };
  writePackage(file, manifest, 'exports.activate = () => {};\n');
}

/** The title of the command that calls a tool: it asks for `{ tool, input, answer }`, where `answer` is the file for what the tool says. */
export const CALL_TOOL = 'Agent: Call Tool';

/** Writes the package of an extension that calls tools. */
export function writeAgent(file) {
  const [category, title] = CALL_TOOL.split(': ');
  const commands = [{ command: 'agent.call', category, title }];
  writePackage(file, { name: 'agent', displayName: 'Agent', contributes: { commands } }, AGENT);
}

const AGENT = `
const fs = require('node:fs');
const vscode = require('vscode');

async function call() {
  const { tool, input, answer } = JSON.parse(await vscode.window.showInputBox({ prompt: 'Call', ignoreFocusOut: true }));
  let told;
  try {
    const { content } = await vscode.lm.invokeTool(tool, { input, toolInvocationToken: undefined });
    told = content.map((part) => part.value).join('');
  } catch (error) {
    told = 'Error: ' + error.message;
  }
  fs.writeFileSync(answer + '.new', told);
  fs.renameSync(answer + '.new', answer);
}

exports.activate = ({ subscriptions }) => subscriptions.push(vscode.commands.registerCommand('agent.call', call));
`;

/** Writes a package: a zip archive of files that are not compressed. */
function writePackage(file, own, main) {
  const shared = { publisher: 'lockstep-tests', version: '1.0.0', engines: { vscode: '^1.100.0' }, main: './main.js' };
  const files = { 'extension/package.json': JSON.stringify({ ...shared, ...own }), 'extension/main.js': main };
  const local = [];
  const central = [];
  let at = 0;
  for (const [name, text] of Object.entries(files)) {
    const [path, data] = [Buffer.from(name), Buffer.from(text)];
    // Version, flags, method, time, date; then what can be said of the data.
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(zlib.crc32(data), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(path.length, 22);
    const entry = Buffer.concat([Buffer.from('PK\x03\x04'), common, path, data]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(at, 10);
    central.push(Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 0]), common, place, path]));
    local.push(entry);
    at += entry.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(central.length, 4);
  end.writeUInt16LE(central.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(at, 12);
  fs.writeFileSync(file, Buffer.concat([...local, directory, Buffer.from('PK\x05\x06'), end]));
}
