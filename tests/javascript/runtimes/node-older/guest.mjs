import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

import * as imported from "countersign";
import * as asymmetric from "countersign/asymmetric";
import * as importedExplain from "countersign/explain";
import * as importedInbox from "countersign/inbox";
import * as importedMonitor from "countersign/monitor";
import * as importedReceiver from "countersign/receiver";
import * as importedSender from "countersign/sender";

import { run } from "../../conformance.mjs";

const require = createRequire(import.meta.url);
// The inbox and the monitor first, which need the receiver's instance; the sender and the reports need none.
const required = {
  ...require("countersign/inbox"),
  ...require("countersign/monitor"),
  ...require("countersign/sender"),
  ...require("countersign/explain"),
  ...require("countersign"),
  ...require("countersign/receiver"),
};
const all = {
  ...imported,
  ...importedExplain,
  ...importedInbox,
  ...importedMonitor,
  ...importedReceiver,
  ...importedSender,
};
const requiredAsymmetric = require("countersign/asymmetric");
for (const [one, other] of [
  [all, required],
  [asymmetric, requiredAsymmetric],
]) {
  for (const [name, value] of Object.entries(one)) {
    if (value !== other[name]) {
      throw new Error(`import and require have different exports called ${name}`);
    }
  }
}

const [corpus, output] = process.argv.slice(2);
const report = run(required, asymmetric, JSON.parse(readFileSync(corpus, "utf8")));
writeFileSync(output, JSON.stringify({ version: process.version, ...report }));
