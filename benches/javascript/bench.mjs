/**
 * Measures verification side by side with the peers, and prints JSON.
 *
 * usage: node bench.mjs TARBALL
 *
 * Installs the tarball and the pinned peers into a fresh project, and runs `measure.mjs` there.
 */

import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));
const QUIET = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];

const [tarball] = process.argv.slice(2);
if (tarball === undefined) {
  throw new Error("usage: node bench.mjs TARBALL");
}
const project = mkdtempSync(join(tmpdir(), "countersign-bench-"));
try {
  for (const file of ["package.json", "package-lock.json", "handwritten.mjs", "import.mjs", "measure.mjs"]) {
    copyFileSync(join(HERE, file), join(project, file));
  }
  const run = (program, programArguments) =>
    execFileSync(program, programArguments, { cwd: project, stdio: ["ignore", "pipe", "inherit"], encoding: "utf8" });
  run("npm", ["ci", ...QUIET]);
  run("npm", ["install", "--no-save", ...QUIET, resolve(tarball)]);
  const measured = JSON.parse(run(process.execPath, ["measure.mjs"]));
  console.log(JSON.stringify({ ...measured, tarball_bytes: statSync(tarball).size }));
} finally {
  rmSync(project, { recursive: true, force: true });
}
