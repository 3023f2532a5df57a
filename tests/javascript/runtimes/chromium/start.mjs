import { readFileSync, writeFileSync } from "node:fs";
import { join, posix } from "node:path";

import { runPage } from "../page.mjs";

/** What a browser would choose by, if it read `exports`. */
const CONDITIONS = new Set(["browser", "module-sync", "import", "default"]);

/** The package's own modules, unbundled, found through an import map. */
export async function start({ project, corpus }) {
  const map = JSON.stringify({
    imports: {
      countersign: entryOf(project, "."),
      "countersign/asymmetric": entryOf(project, "./asymmetric"),
      "countersign/explain": entryOf(project, "./explain"),
      "countersign/receiver": entryOf(project, "./receiver"),
      "countersign/sender": entryOf(project, "./sender"),
    },
  });
  const page = [
    '<!doctype html><meta charset="utf-8"><title>Countersign, unbundled</title>',
    `<script type="importmap" nonce="map">${map}</script>`,
    '<script type="module" src="guest.mjs"></script>',
  ];
  writeFileSync(join(project, "runtimes", "chromium", "index.html"), page.join("\n"));
  return runPage(project, "/runtimes/chromium/index.html", corpus);
}

function entryOf(project, subpath) {
  const path = join(project, "node_modules", "countersign", "package.json");
  let target = JSON.parse(readFileSync(path, "utf8")).exports[subpath];
  while (typeof target === "object") {
    const condition = Object.keys(target).find((key) => CONDITIONS.has(key));
    if (condition === undefined) {
      throw new Error("the package's exports have no entry for browsers");
    }
    target = target[condition];
  }
  return posix.join("/node_modules/countersign", target);
}
