import { readFileSync, writeFileSync } from "node:fs";

import * as countersign from "countersign";
import * as asymmetric from "countersign/asymmetric";
import * as explain from "countersign/explain";
import * as receiver from "countersign/receiver";
import * as sender from "countersign/sender";

import { run } from "../../conformance.mjs";

const [corpus, output] = process.argv.slice(2);
const files = JSON.parse(readFileSync(corpus, "utf8"));
const all = { ...countersign, ...explain, ...receiver, ...sender };
const report = run(all, asymmetric, files);
writeFileSync(output, JSON.stringify({ version: process.version, ...report }));
