import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import { EdgeVM } from "@edge-runtime/vm";
import { build } from "esbuild";

/**
 * One script in the sandbox of Vercel's edge runtime, with the module compiled outside of it, as
 * Next.js gives modules that are imported with `?module`.
 */
export async function start({ project, corpus }) {
  const modules = [];
  const script = await bundle(join(project, "runtimes", "edge-light", "guest.mjs"), modules);
  const files = readFileSync(corpus, "utf8");
  const sandbox = new EdgeVM({ extend: (context) => Object.assign(context, { modules, files }) });
  sandbox.evaluate(script);
  const { version } = createRequire(import.meta.url)("@edge-runtime/vm/package.json");
  return { version, ...JSON.parse(sandbox.evaluate("outcome")) };
}

async function bundle(entry, modules) {
  const compile = {
    name: "compiled-modules",
    setup({ onResolve, onLoad, resolve }) {
      onResolve({ filter: /\.wasm\?module$/ }, async ({ path, kind, resolveDir }) => {
        const found = await resolve(path.replace("?module", ""), { kind, resolveDir });
        return { path: found.path, namespace: "compiled" };
      });
      onLoad({ filter: /.*/, namespace: "compiled" }, ({ path }) => {
        const index = modules.push(new WebAssembly.Module(readFileSync(path))) - 1;
        return { contents: `export default globalThis.modules[${index}];` };
      });
    },
  };
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "iife",
    conditions: ["edge-light", "worker", "browser"],
    plugins: [compile],
    logLevel: "error",
  });
  return outputFiles[0].text;
}
