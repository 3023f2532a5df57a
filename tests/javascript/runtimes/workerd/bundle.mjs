import { readFileSync } from "node:fs";
import { basename } from "node:path";

import { build } from "esbuild";

export const COMPATIBILITY_DATE = "2026-04-01";

/** The modules of a worker as Cloudflare's own tool makes them: one script, and each `.wasm`. */
export async function bundle(entry) {
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
