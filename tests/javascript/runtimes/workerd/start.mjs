import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import { Miniflare } from "miniflare";

import { bundle, COMPATIBILITY_DATE } from "./bundle.mjs";

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

function workerdVersion() {
  const require = createRequire(createRequire(import.meta.url).resolve("miniflare"));
  return require("workerd/package.json").version;
}
