/**
 * Runs Node with these arguments: this one if it has `node:sqlite`, else the one that the tools
 * bring along, because Node 20 has none.
 */

import { spawnSync } from "node:child_process";
import { createRequire, isBuiltin } from "node:module";
import { join } from "node:path";

function newerNode() {
  if (isBuiltin("node:sqlite")) {
    return process.execPath;
  }
  const name = `node-${process.platform}-${process.arch}`;
  try {
    return join(createRequire(import.meta.url).resolve(`${name}/package.json`), "..", "bin", "node");
  } catch {
    throw new Error(`no package ${name} is installed; run the tests with Node 22.13 or newer`);
  }
}

const { status, error } = spawnSync(newerNode(), process.argv.slice(2), { stdio: "inherit" });
if (error) {
  throw error;
}
process.exitCode = status ?? 1;
