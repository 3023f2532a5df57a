/** A worker in workerd with a receiver of each case. usage: node worker.mjs RECEIVE_JSON */

import { fileURLToPath } from "node:url";

import { Miniflare } from "miniflare";

// As prepare.mjs lays them out.
import { bundle, COMPATIBILITY_DATE } from "../runtimes/workerd/bundle.mjs";

import { announce, receiveFile } from "./command.mjs";

const miniflare = new Miniflare({
  host: "127.0.0.1",
  port: 0,
  modules: await bundle(fileURLToPath(new URL("worker-guest.mjs", import.meta.url))),
  compatibilityDate: COMPATIBILITY_DATE,
  bindings: { RECEIVE: receiveFile() },
});
announce((await miniflare.ready).port);
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, async () => {
    await miniflare.dispose();
    process.exit();
  });
}
