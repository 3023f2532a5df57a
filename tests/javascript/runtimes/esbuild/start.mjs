import { join } from "node:path";

import { build, version } from "esbuild";

import { runProcess } from "../process.mjs";

/** One minified file, as for a browser, that runs wherever JavaScript does. */
export async function start(paths) {
  const outfile = join(paths.project, "runtimes", "esbuild", "bundle.mjs");
  await build({
    entryPoints: [join(paths.project, "runtimes", "esbuild", "guest.mjs")],
    outfile,
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    external: ["node:*"],
    logLevel: "error",
  });
  const report = await runProcess(process.execPath, [outfile], paths);
  return { ...report, version: `${version}, run by Node ${report.version}` };
}
