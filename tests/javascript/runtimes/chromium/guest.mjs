import * as countersign from "countersign";

import { run } from "../../conformance.mjs";

async function main() {
  const response = await fetch("/corpus.json");
  return run(countersign, await response.json());
}

globalThis.outcome = main();
