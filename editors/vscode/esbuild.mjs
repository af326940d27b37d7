// Bundles the extension (for node) and the board's page (for a browser) into `out`.
// `--watch` builds again on every change, `--tests` builds the tests of `test/` alone.
import * as esbuild from "esbuild";
import { copyFileSync, mkdirSync, readdirSync } from "node:fs";

const common = { bundle: true, logLevel: "warning", legalComments: "none", target: "es2023" };

/** What an extension host runs. `vscode` is given by it. */
const extension = {
  ...common,
  entryPoints: ["src/extension.ts"],
  outfile: "out/extension.js",
  platform: "node",
  format: "cjs",
  external: ["vscode"],
  minify: true,
  sourcemap: "linked",
};

/** What the board's page loads: script and style. */
const board = {
  ...common,
  entryPoints: ["board/board.ts", "board/board.css"],
  outdir: "out",
  platform: "browser",
  format: "iife",
  minify: true,
};

/** Tests of what needs no workbench. */
const tests = {
  ...common,
  entryPoints: readdirSync("test")
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => `test/${name}`),
  outdir: "out/test",
  platform: "node",
  format: "cjs",
  sourcemap: "inline",
};

const wanted = process.argv.includes("--tests") ? [tests] : [extension, board];
if (process.argv.includes("--watch")) {
  for (const options of wanted) {
    await (await esbuild.context(options)).watch();
  }
} else {
  // The server's own schema of its configuration, for extensions that know TOML.
  copyFileSync("../../server/docs/lockstep.schema.json", "schemas/lockstep.schema.json");
  for (const picture of ["problems", "set-status", "board"].flatMap((name) => [`${name}-light.png`, `${name}-dark.png`])) {
    mkdirSync("media/walkthrough", { recursive: true });
    copyFileSync(`../../server/docs/pictures/${picture}`, `media/walkthrough/${picture}`);
  }
  await Promise.all(wanted.map((options) => esbuild.build(options)));
}
