//! What `package.json` says is what the sources, the server and its profiles say.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { expectJson, read, REPOSITORY, sources } from "./expectation";

interface Manifest {
  activationEvents: string[];
  contributes: {
    commands: { command: string; title: string }[];
    configuration: { properties: Record<string, unknown> };
    [point: string]: unknown;
  };
}

const manifest = JSON.parse(read("package.json")) as Manifest;
const words = JSON.parse(read("package.nls.json")) as Record<string, string>;

test("every command is there and has its title", () => {
  const registered = sources().flatMap(({ text }) =>
    [...text.matchAll(/(?:id: |registerCommand\()"(lockstep\.ui\.\w+)"/g)].map((it) => it[1]!),
  );
  const listed = manifest.contributes.commands.map((it) => it.command);
  // What nodes of the tree do by themselves is in no palette.
  const internal = ["lockstep.ui.showMore"];
  assert.deepEqual([...listed, ...internal].sort(), [...new Set(registered)].sort());
  for (const { title } of manifest.contributes.commands) {
    assert.ok(words[title.slice(1, -1)], title);
  }
});

test("every command that is named anywhere is there", () => {
  const named = JSON.stringify([manifest.contributes, words, sources()]).matchAll(/lockstep\.ui\.\w+/g);
  const registered = JSON.stringify(sources());
  for (const [id] of named) {
    assert.ok(registered.includes(`\\"${id}\\"`), id);
  }
});

test("every tool for language models is there, and says what it takes", () => {
  interface Listed {
    name: string;
    inputSchema: { properties: Record<string, { description?: string }>; required?: string[] };
  }
  const registered = sources().flatMap(({ text }) => [...text.matchAll(/name: "(lockstep_\w+)"/g)].map((it) => it[1]!));
  const listed = manifest.contributes["languageModelTools"] as Listed[];
  assert.deepEqual(listed.map((it) => it.name).sort(), registered.sort());
  for (const { name, inputSchema } of listed) {
    for (const [parameter, { description }] of Object.entries(inputSchema.properties)) {
      assert.ok(description, `${name}: ${parameter}`);
    }
  }
  const set = listed.find((it) => it.name === "lockstep_set_status");
  assert.deepEqual(set?.inputSchema.required, ["id", "status", "expect"], "nothing is set that was not looked at");
});

test("every word of the manifest is there, and none too many", () => {
  const { displayName: _, ...rest } = words;
  const used = new Set([...JSON.stringify(manifest).matchAll(/"%([\w.]+)%"/g)].map((it) => it[1]!));
  assert.deepEqual(Object.keys(rest).sort(), [...used].filter((it) => it !== "displayName").sort());
});

test("settings that the server reads can be set, and take what it takes", () => {
  const schema = readFileSync(join(REPOSITORY, "server/docs/settings.schema.json"), "utf8");
  const settings = (JSON.parse(schema) as { properties: Record<string, ServerSetting> }).properties;
  const told = read("src/client/settings.ts");
  const properties = { ...manifest.contributes.configuration.properties };
  for (const [name, setting] of Object.entries(settings)) {
    // How a client is told findings is its own matter.
    if (name !== "diagnostics") {
      assert.ok(told.includes(`"${name}"`), `${name} is told to the server`);
      properties[`lockstep.${name}`] = serverSetting(name, setting);
    }
  }
  const configuration = { ...manifest.contributes.configuration, properties };
  expectJson("package.json", { ...manifest, contributes: { ...manifest.contributes, configuration } });
});

interface ServerSetting {
  type: string;
  enum?: string[];
  default?: unknown;
}

/** A setting of the server as VS Code lists it: one that has no value, or none of its own, is left to the server. */
function serverSetting(name: string, { type, enum: words, default: usual, ...bounds }: ServerSetting): object {
  const { description: _, ...limits } = bounds as { description?: string };
  const markdownDescription = `%setting.${name}%`;
  if (type === "boolean") {
    return { type, default: usual, markdownDescription };
  }
  // VS Code can take several seconds to notice that a file has changed.
  const own = name === "rereadSeconds" ? 10 : null;
  const values = words && [null, ...words];
  const enumDescriptions = values?.map((word) => `%setting.${name}.${word}%`);
  return { type: [type, "null"], ...limits, ...(values && { enum: values, enumDescriptions }), default: own, markdownDescription };
}

test("statuses that the schema of state.json offers are those of its profile", () => {
  const profile = readFileSync(join(REPOSITORY, "server/profiles/opencode.toml"), "utf8");
  const known = tables(profile, "vocabulary.task").map((it) => /^id = "(.*)"/m.exec(it)?.[1]);
  const schema = JSON.parse(read("schemas/state.schema.json")) as { definitions: { status: { anyOf: object[] } } };
  schema.definitions.status.anyOf[0] = { enum: known };
  expectJson("schemas/state.schema.json", schema);
});

test("settings that the sources read can be set", () => {
  const known = Object.keys(manifest.contributes.configuration.properties);
  for (const { path, text } of sources()) {
    for (const [, name] of text.matchAll(/getConfiguration\("lockstep"\)\s*\.get(?:<[^(]*>)?\("([\w.]+)"/g)) {
      assert.ok(known.includes(`lockstep.${name}`), `${path}: ${name}`);
    }
  }
});

test("the extension starts where a profile could find tasks", () => {
  expectJson("package.json", { ...manifest, activationEvents: activationEvents() });
});

/** Files by which profiles are detected; of `checklist`, which looks at every Markdown file, those with a role. */
function activationEvents(): string[] {
  const folder = join(REPOSITORY, "server/profiles");
  const profiles = readdirSync(folder).filter((name) => name.endsWith(".toml"));
  const globs = profiles.flatMap((name) => {
    const text = readFileSync(join(folder, name), "utf8");
    const detected = tables(text, "detect").flatMap(detectedGlobs);
    return detected.includes("**/*.md") ? tables(text, "role").flatMap((it) => lists(it, "files")) : detected;
  });
  const found = ["lockstep.toml", ...new Set(globs)].map((glob) => `workspaceContains:${anywhere(glob)}`);
  // A board that was open comes back with its window.
  return [...found, "onWebviewPanel:lockstep.board"];
}

function detectedGlobs(table: string): string[] {
  const root = /^root = "(.*)"/m.exec(table)?.[1];
  const held = /^root_holds = "(.*)"/m.exec(table)?.[1];
  const named = held ? [held] : lists(table, "files");
  return named.map((glob) => (root ? `${root}/${glob}` : glob));
}

/** The text of every table `[[name]]`, without the tables in it. */
function tables(text: string, name: string): string[] {
  const parts = text.split(/^(?=\[)/m);
  return parts.filter((part) => part.startsWith(`[[${name}]]`));
}

function lists(table: string, key: string): string[] {
  return [...table.matchAll(new RegExp(`^${key} = \\[(.*)\\]`, "gm"))].flatMap((it) =>
    [...it[1]!.matchAll(/"([^"]*)"/g)].map((name) => name[1]!),
  );
}

function anywhere(glob: string): string {
  return glob.startsWith("**/") ? glob : `**/${glob}`;
}
