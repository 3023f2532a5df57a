/**
 * Runs the corpus on each runtime, on the package as it is packed.
 *
 * usage: node run-all.mjs TARBALL OUTPUT_FOLDER [--only NAME,...] [--temporary FOLDER]
 *
 * Writes OUTPUT_FOLDER/NAME.json for each runtime. Ends with 1 if a case has another outcome than
 * is expected, or if a runtime does not start.
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

import { withProject, writeCorpus } from "./project.mjs";
import { RUNTIMES, starter } from "./runtimes/index.mjs";

const USAGE = "usage: node run-all.mjs TARBALL OUTPUT_FOLDER [--only NAME,...] [--temporary FOLDER]";
/** Differences that are printed for each runtime; a report holds all outcomes anyway. */
const SHOWN = 8;

async function main() {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { only: { type: "string" }, temporary: { type: "string" } },
  });
  if (positionals.length !== 2) {
    throw new Error(USAGE);
  }
  const [tarball, outputFolder] = positionals.map((path) => resolve(path));
  const names = values.only?.split(",") ?? RUNTIMES;
  const unknown = names.filter((name) => !RUNTIMES.includes(name));
  if (unknown.length > 0) {
    throw new Error(`there is no runtime ${unknown.join(", ")}; there are ${RUNTIMES.join(", ")}`);
  }
  mkdirSync(outputFolder, { recursive: true });
  return withProject(tarball, values.temporary, async (project) => {
    const corpus = join(project, "corpus.json");
    writeCorpus(corpus);
    let passed = true;
    for (const name of names) {
      const paths = { project, corpus, output: join(project, `${name}.json`) };
      passed = (await runOne(name, paths, join(outputFolder, `${name}.json`))) && passed;
    }
    return passed;
  });
}

/** Whether the runtime gives the expected outcomes. */
async function runOne(name, paths, reportPath) {
  let report;
  try {
    const start = await starter(name);
    report = await start(paths);
  } catch (error) {
    console.error(`${name}: did not run\n${error.stack}`);
    return false;
  }
  const { version, results, differences } = report;
  // The same text as the Rust runner writes, but for the name.
  writeFileSync(reportPath, `${JSON.stringify({ results, runner: name }, null, 2)}\n`);
  console.log(
    `${name} (${version}): ${Object.keys(results).length} cases, ${differences.length} differences`,
  );
  for (const difference of differences.slice(0, SHOWN)) {
    console.error(difference);
  }
  if (differences.length > SHOWN) {
    console.error(`and ${differences.length - SHOWN} more`);
  }
  return differences.length === 0;
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  console.error(error.message === USAGE ? USAGE : error.stack);
  process.exitCode = 1;
}
