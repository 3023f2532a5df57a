import { readFileSync, writeFileSync } from "node:fs";

import * as countersign from "countersign";
import * as explain from "countersign/explain";
import * as receiver from "countersign/receiver";
import * as sender from "countersign/sender";

import { run } from "../../conformance.mjs";

const [corpus, output] = process.argv.slice(2);
const report = run({ ...countersign, ...explain, ...receiver, ...sender }, JSON.parse(readFileSync(corpus, "utf8")));
writeFileSync(output, JSON.stringify({ version: process.version, ...report }));
