/** Starts other programs; a failure says which, and shows what it printed. */

import { spawn } from "node:child_process";

const TIME_LIMIT = 600_000;

/**
 * Runs a program to its end and returns what it printed to standard output.
 *
 * `show` passes its output through instead of collecting it.
 */
export function command(program, programArguments, { show = false, ...options } = {}) {
  const stdio = ["ignore", ...(show ? ["inherit", "inherit"] : ["pipe", "pipe"])];
  const child = spawn(program, programArguments, { stdio, timeout: TIME_LIMIT, ...options });
  const printed = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"]) {
    child[stream]?.setEncoding("utf8").on("data", (text) => (printed[stream] += text));
  }
  return new Promise((resolve, reject) => {
    const line = [program, ...programArguments].join(" ");
    child.on("error", (cause) => reject(new Error(`cannot start ${line}`, { cause })));
    child.on("close", (code, signal) => {
      if (code === 0) {
        resolve(printed.stdout);
      } else {
        const end = signal === null ? `ended with ${code}` : `was ended by ${signal}`;
        reject(new Error(`${line} ${end}\n${printed.stdout}${printed.stderr}`.trimEnd()));
      }
    });
  });
}
