import { createRequire } from "node:module";
import { join } from "node:path";

import { runProcess } from "../process.mjs";

/** The npm package's launcher, which finds the binary without an install script. */
const LAUNCHER = createRequire(import.meta.url).resolve("deno/bin.cjs");

/** Nothing but its own files: verifying needs neither network nor environment. */
const PERMISSIONS = ["--allow-read", "--allow-write", "--no-prompt", "--no-remote", "--no-lock"];

export function start(paths) {
  const run = [LAUNCHER, "run", ...PERMISSIONS, "--node-modules-dir=manual", "runtimes/deno/guest.mjs"];
  const env = { DENO_DIR: join(paths.project, ".deno"), DENO_NO_UPDATE_CHECK: "1" };
  return runProcess(process.execPath, run, paths, env);
}
