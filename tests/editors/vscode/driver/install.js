// Where the programs are that the journeys run: the workbench as `tests/editors/install-vscode` provides it, and the
// extension with its server.

import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';

/** The repository. */
export const REPOSITORY = path.resolve(import.meta.dirname, '../../../..');

/** The folder that `tests/editors/install-vscode` prints. */
export const TOOLS = process.env.LOCKSTEP_VSCODE ?? path.join(REPOSITORY, 'target/tools/vscode');

/** The extension as a user would install it. */
export const EXTENSION = process.env.LOCKSTEP_VSIX ?? path.join(REPOSITORY, 'target/lockstep.vsix');

/** A browser driver and a checker of accessibility, from the tools. */
export const tool = createRequire(path.join(TOOLS, 'package.json'));
