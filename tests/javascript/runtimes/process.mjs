/** Runtimes that are programs: they are given the path of the corpus and that of their report. */

import { readFileSync } from "node:fs";

import { command } from "../commands.mjs";

export async function runProcess(program, programArguments, { project, corpus, output }, env = {}) {
  await command(program, [...programArguments, corpus, output], {
    cwd: project,
    env: { ...process.env, ...env },
  });
  return JSON.parse(readFileSync(output, "utf8"));
}
