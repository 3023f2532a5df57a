// Bundles a Worker and runs it in workerd, the runtime of Cloudflare, on this machine.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { build } from "esbuild";
import { Miniflare } from "miniflare";

/**
 * Starts the Worker of a file. `env` is what it finds in its environment, `durableObjects` are the
 * names of its exported classes by their bindings, `queues` the names of queues that it fills and
 * empties, by their bindings; port 0 is any free one.
 * Returns its URL and a function that stops it.
 */
export async function serve({ entry, env, durableObjects = {}, queues = {}, port = 0 }) {
  const folder = await mkdtemp(join(tmpdir(), "countersign-worker-"));
  const removeFolder = () => rm(folder, { recursive: true, force: true });
  let miniflare;
  try {
    await bundle(entry, folder);
    miniflare = new Miniflare({
      modulesRoot: folder,
      scriptPath: join(folder, "worker.js"),
      modules: true,
      modulesRules: [{ type: "CompiledWasm", include: ["**/*.wasm"] }],
      compatibilityDate: "2026-04-01",
      bindings: env,
      durableObjects: Object.fromEntries(Object.entries(durableObjects).map(withSqlite)),
      queueProducers: queues,
      // Soon, where the platform would wait for more.
      queueConsumers: Object.fromEntries(Object.values(queues).map((name) => [name, { maxBatchTimeout: 0.1 }])),
      host: "127.0.0.1",
      port,
    });
    const url = await miniflare.ready;
    const stop = async () => {
      await miniflare.dispose();
      await removeFolder();
    };
    return { url, stop };
  } catch (error) {
    await miniflare?.dispose();
    await removeFolder();
    throw error;
  }
}

function withSqlite([binding, className]) {
  return [binding, { className, useSQLite: true }];
}

function bundle(entry, folder) {
  return build({
    entryPoints: { worker: entry },
    outdir: folder,
    bundle: true,
    format: "esm",
    target: "es2022",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*"],
    // A Worker imports its compiled WebAssembly; it may not compile it from bytes.
    loader: { ".wasm": "copy" },
    logLevel: "warning",
  });
}
