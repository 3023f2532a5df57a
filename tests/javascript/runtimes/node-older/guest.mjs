import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

import * as imported from "countersign";

import { run } from "../../conformance.mjs";

const required = createRequire(import.meta.url)("countersign");
for (const name of Object.keys(imported)) {
  if (imported[name] !== required[name]) {
    throw new Error(`import and require have different exports called ${name}`);
  }
}

const [corpus, output] = process.argv.slice(2);
const report = run(required, JSON.parse(readFileSync(corpus, "utf8")));
writeFileSync(output, JSON.stringify({ version: process.version, ...report }));
