const { readFileSync, writeFileSync } = require("node:fs");

const countersign = require("countersign");
const asymmetric = require("countersign/asymmetric");
const explain = require("countersign/explain");
const receiver = require("countersign/receiver");
const sender = require("countersign/sender");

const [corpus, output] = process.argv.slice(2);

async function main() {
  const { run } = await import("../../conformance.mjs");
  const files = JSON.parse(readFileSync(corpus, "utf8"));
  const report = run({ ...countersign, ...explain, ...receiver, ...sender }, asymmetric, files);
  writeFileSync(output, JSON.stringify({ version: process.version, ...report }));
}

void main();
