import * as countersign from "countersign";
import * as asymmetric from "countersign/asymmetric";
import * as explain from "countersign/explain";
import * as receiver from "countersign/receiver";
import * as sender from "countersign/sender";

import { run } from "../../conformance.mjs";

async function main() {
  const response = await fetch("/corpus.json");
  return run({ ...countersign, ...explain, ...receiver, ...sender }, asymmetric, await response.json());
}

globalThis.outcome = main();
