import { runProcess } from "../process.mjs";

/** As a Node that cannot `require` ECMAScript modules, which the package has other entries for. */
export function start(paths) {
  return runProcess(
    process.execPath,
    ["--no-experimental-require-module", "runtimes/node-older/guest.mjs"],
    paths,
  );
}
