// Takes the pictures of the README and of the extension's walkthrough: `tests/editors/take-pictures` runs it.
//
//   node main.js FOLDER [NAME]
//
// A picture is a file here with a name and a function that brings the window to where it is taken, and a line here.

import fs from 'node:fs';
import path from 'node:path';
import process from 'node:process';

import { Studio } from '../driver/studio.js';
import { reduced } from './png.js';
import * as board from './board.js';
import * as problems from './problems.js';
import * as setStatus from './set_status.js';
import * as sideBySide from './side_by_side.js';

const PICTURES = [problems, setStatus, board, sideBySide];

/** What is larger than this has something in it that does not belong there. */
const LARGEST = 150_000;

/** What takes room and says nothing of tasks is off. */
const SETTINGS = {
  '[markdown]': { 'editor.wordWrap': 'off' },
  'breadcrumbs.enabled': false,
  'editor.fontSize': 13,
  'editor.minimap.enabled': false,
  'editor.scrollbar.horizontal': 'hidden',
  'editor.scrollbar.vertical': 'hidden',
  'terminal.integrated.fontSize': 13,
  // On a canvas it would be painted for a screen of another density.
  'terminal.integrated.gpuAcceleration': 'off',
  'window.autoDetectColorScheme': true,
  'window.commandCenter': false,
  'workbench.layoutControl.enabled': false,
};

const [folder, only] = process.argv.slice(2);
fs.mkdirSync(folder, { recursive: true });
const studio = await Studio.begin({ settings: SETTINGS });
try {
  for (const picture of PICTURES.filter(({ name }) => only === undefined || name === only)) {
    for (const colorScheme of ['light', 'dark']) {
      const file = path.join(folder, `${picture.name}-${colorScheme}.png`);
      const options = { colorScheme, viewport: picture.size, deviceScaleFactor: 1.5 };
      await studio.walk(picture.name, async () => {
        const window = await picture.take(studio, options);
        await window.screenshot(file);
      });
      fs.writeFileSync(file, reduced(fs.readFileSync(file)));
      const { size } = fs.statSync(file);
      if (size > LARGEST) throw new Error(`${file} has ${size} bytes`);
      process.stdout.write(`${file}: ${size} bytes\n`);
    }
  }
} finally {
  await studio.end();
}
