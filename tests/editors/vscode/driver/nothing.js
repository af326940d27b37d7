// An extension that does nothing, as a package that can be installed: what activation costs at the least.

import fs from 'node:fs';
import zlib from 'node:zlib';

const MANIFEST = {
  name: 'nothing',
  displayName: 'Nothing',
  publisher: 'lockstep-tests',
  version: '1.0.0',
  engines: { vscode: '^1.100.0' },
  main: './main.js',
  activationEvents: ['onLanguage:markdown'],
};

const FILES = {
  'extension/package.json': JSON.stringify(MANIFEST),
  'extension/main.js': 'exports.activate = () => {};\n',
};

/** Writes the package: a zip archive of files that are not compressed. */
export function writeNothing(file) {
  const local = [];
  const central = [];
  let at = 0;
  for (const [name, text] of Object.entries(FILES)) {
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
