const { readFileSync, writeFileSync } = require("node:fs");

const countersign = require("countersign");
const explain = require("countersign/explain");
const receiver = require("countersign/receiver");
const sender = require("countersign/sender");

const [corpus, output] = process.argv.slice(2);

async function main() {
  const { run } = await import("../../conformance.mjs");
  const report = run({ ...countersign, ...explain, ...receiver, ...sender }, JSON.parse(readFileSync(corpus, "utf8")));
  writeFileSync(output, JSON.stringify({ version: process.version, ...report }));
}

void main();
