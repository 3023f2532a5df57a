import { runProcess } from "../process.mjs";

export function start(paths) {
  return runProcess(process.execPath, ["runtimes/node-esm/guest.mjs"], paths);
}
