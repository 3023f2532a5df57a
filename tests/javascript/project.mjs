/** Makes a fresh project with the package in it, as users have it. */

import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { command } from "./commands.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const CORPUS = join(HERE, "..", "vectors");
const SAMPLES = join(HERE, "..", "samples.json");
const RECEIVERS = join(HERE, "..", "receivers", "javascript");
const NPM_QUIET = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];

/**
 * Calls `action` with the folder of a project in which the tarball is installed, and removes the
 * project afterwards.
 */
export async function withProject(tarball, parent, action) {
  const above = mkdtempSync(join(parent ?? tmpdir(), "countersign-js-"));
  try {
    return await action(await makeProject(tarball, above));
  } finally {
    rmSync(above, { recursive: true, force: true });
  }
}

/**
 * Makes a project in which the tarball is installed; its folder, below `above`.
 *
 * The project's own `node_modules` holds the package and nothing else. What the tests need besides
 * lies in the folder above, where every resolver looks next.
 */
export async function makeProject(tarball, above) {
  if (!existsSync(tarball)) {
    throw new Error(`there is no tarball ${tarball}`);
  }
  await installTools();
  symlinkSync(join(HERE, "node_modules"), join(above, "node_modules"), "dir");
  const project = join(above, "project");
  mkdirSync(project);
  for (const part of ["conformance", "conformance.mjs", "newer-node.mjs", "runtimes", "unit", "property", "types"]) {
    cpSync(join(HERE, part), join(project, part), { recursive: true });
  }
  cpSync(SAMPLES, join(project, "samples.json"));
  cpSync(RECEIVERS, join(project, "receivers"), { recursive: true });
  const { type, scripts } = JSON.parse(readFileSync(join(HERE, "package.json"), "utf8"));
  writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, type, scripts }, null, 2));
  const install = ["install", ...NPM_QUIET, "--no-package-lock", resolve(tarball)];
  await command("npm", install, { cwd: project });
  return project;
}

/** The pinned tools, anew only if the lock file is not the one they were installed from. */
export async function installTools() {
  const lock = readFileSync(join(HERE, "package-lock.json"), "utf8");
  const installed = join(HERE, "node_modules", ".installed-from.json");
  if (existsSync(installed) && readFileSync(installed, "utf8") === lock) {
    return;
  }
  // Without links, because one of the tools is a Node, which must not stand in for this one.
  await command("npm", ["ci", "--no-bin-links", ...NPM_QUIET], { cwd: HERE });
  writeFileSync(installed, lock);
}

/** Writes the whole corpus into one file, as a list of its files. */
export function writeCorpus(path) {
  const names = readdirSync(CORPUS).filter((name) => name.endsWith(".json"));
  const files = names.sort().map((name) => readFileSync(join(CORPUS, name), "utf8"));
  writeFileSync(path, `[${files.join(",")}]`);
}
