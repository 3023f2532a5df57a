import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";

import { build } from "esbuild";
import { Miniflare } from "miniflare";

const COMPATIBILITY_DATE = "2026-04-01";

export async function start({ project, corpus }) {
  const miniflare = new Miniflare({
    modules: await bundle(join(project, "runtimes", "workerd", "guest.mjs")),
    compatibilityDate: COMPATIBILITY_DATE,
  });
  try {
    const response = await miniflare.dispatchFetch("http://localhost/", {
      method: "POST",
      body: readFileSync(corpus),
    });
    if (!response.ok) {
      throw new Error(`the worker answered ${response.status}: ${await response.text()}`);
    }
    return { version: workerdVersion(), ...(await response.json()) };
  } finally {
    await miniflare.dispose();
  }
}

/** The modules of a worker as Cloudflare's own tool makes them: one script, and each `.wasm`. */
async function bundle(entry) {
  const wasm = [];
  const collect = {
    name: "wasm-modules",
    setup({ onResolve, resolve }) {
      onResolve({ filter: /\.wasm$/ }, async ({ path, kind, resolveDir, pluginData }) => {
        if (pluginData === "resolving") {
          return undefined;
        }
        const found = await resolve(path, { kind, resolveDir, pluginData: "resolving" });
        const name = `./${basename(found.path)}`;
        wasm.push({ type: "CompiledWasm", path: name, contents: readFileSync(found.path) });
        return { path: name, external: true };
      });
    },
  };
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "esm",
    conditions: ["workerd", "worker", "browser"],
    plugins: [collect],
    logLevel: "error",
  });
  return [{ type: "ESModule", path: "worker.mjs", contents: outputFiles[0].text }, ...wasm];
}

function workerdVersion() {
  const require = createRequire(createRequire(import.meta.url).resolve("miniflare"));
  return require("workerd/package.json").version;
}
