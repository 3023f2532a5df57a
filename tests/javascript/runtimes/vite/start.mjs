import { join } from "node:path";

import { build, version } from "vite";

import { runPage } from "../page.mjs";

/** A production build with Vite's defaults, opened in Chromium. */
export async function start({ project, corpus }) {
  const root = join(project, "runtimes", "vite");
  await build({ root, configFile: false, logLevel: "error" });
  const report = await runPage(join(root, "dist"), "/index.html", corpus);
  return { ...report, version: `${version}, run by Chromium ${report.version}` };
}
