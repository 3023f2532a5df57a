/**
 * Installs the libraries and the package, and runs `checks.mjs`.
 *
 * usage: node run.mjs (light | further) TARBALL OUTPUT [SEED]
 */

import {
  copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { command } from "../../javascript/commands.mjs";

const USAGE = "usage: node run.mjs (light | further) TARBALL OUTPUT [SEED]";
const HERE = dirname(fileURLToPath(import.meta.url));
const NPM_QUIET = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];

/** The pinned libraries, anew only if they are not those of the lock file. */
async function install(set) {
  const lock = readFileSync(join(HERE, "package-lock.json"), "utf8");
  const stamp = join(HERE, "node_modules", ".installed-from.json");
  const installed = existsSync(stamp) ? readFileSync(stamp, "utf8") : "";
  // All of them have the light ones among them.
  if (installed === `further ${lock}` || installed === `${set} ${lock}`) {
    return;
  }
  const omitted = set === "light" ? ["--omit=dev"] : [];
  // The further ones are half a gigabyte.
  await command("npm", ["ci", "--no-bin-links", ...omitted, ...NPM_QUIET], { cwd: HERE, timeout: 900_000 });
  writeFileSync(stamp, `${set} ${lock}`);
}

/** A project whose own `node_modules` holds the package alone; the libraries lie in the folder above. */
async function makeProject(tarball, above) {
  symlinkSync(join(HERE, "node_modules"), join(above, "node_modules"), "dir");
  const project = join(above, "project");
  mkdirSync(project);
  for (const name of readdirSync(HERE).filter((file) => file.endsWith(".mjs"))) {
    copyFileSync(join(HERE, name), join(project, name));
  }
  writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, type: "module" }));
  await command("npm", ["install", ...NPM_QUIET, "--no-package-lock", tarball], { cwd: project });
  return project;
}

async function main() {
  const [set, tarball, output, ...seed] = process.argv.slice(2);
  if (!["light", "further"].includes(set) || output === undefined || seed.length > 1) {
    throw new Error(USAGE);
  }
  await install(set);
  const above = mkdtempSync(join(tmpdir(), "countersign-sdks-"));
  try {
    const project = await makeProject(resolve(tarball), above);
    const checks = [join(project, "checks.mjs"), set, resolve(output), ...seed];
    await command(process.execPath, checks, { cwd: project, show: true });
  } finally {
    rmSync(above, { recursive: true, force: true });
  }
}

try {
  await main();
} catch (error) {
  console.error(error.message === USAGE ? USAGE : error.stack);
  process.exitCode = 1;
}
