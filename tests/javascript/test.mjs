/**
 * Runs the unit, property and type tests on the package as it is packed.
 *
 * usage: node test.mjs TARBALL [--only unit|property|types] [--temporary FOLDER]
 *
 * Ends with 1 if one of them fails.
 */

import { resolve } from "node:path";
import { parseArgs } from "node:util";

import { command } from "./commands.mjs";
import { withProject } from "./project.mjs";

const USAGE = "usage: node test.mjs TARBALL [--only unit|property|types] [--temporary FOLDER]";
const KINDS = ["unit", "property", "types"];

async function main() {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { only: { type: "string" }, temporary: { type: "string" } },
  });
  const kinds = KINDS.filter((kind) => (values.only ?? kind) === kind);
  if (positionals.length !== 1 || kinds.length === 0) {
    throw new Error(USAGE);
  }
  return withProject(resolve(positionals[0]), values.temporary, async (project) => {
    let passed = true;
    for (const kind of kinds) {
      console.log(`\n${kind} tests`);
      passed = (await succeeds(`test:${kind}`, project)) && passed;
    }
    return passed;
  });
}

/** Whether the script succeeds; what fails in it, it says itself. */
async function succeeds(script, project) {
  try {
    await command("npm", ["run", "--silent", script], { cwd: project, show: true });
    return true;
  } catch (error) {
    console.error(error.message);
    return false;
  }
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  console.error(error.message === USAGE ? USAGE : error.stack);
  process.exitCode = 1;
}
