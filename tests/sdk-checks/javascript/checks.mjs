/**
 * Has the providers' own JavaScript libraries and Countersign judge the same random requests.
 *
 * usage: node checks.mjs (light | further) OUTPUT [SEED]
 *
 * `run.mjs` installs what this needs. Writes a row of JSON for each library, and ends with 1 if a
 * verdict differs in a way that is not named.
 */

import { writeFileSync } from "node:fs";

import { check } from "./sdk.mjs";

const SEED = "20261129";

const [set, output, seed = SEED, ...others] = process.argv.slice(2);
if (!["light", "further"].includes(set) || output === undefined || others.length > 0) {
  console.error("usage: node checks.mjs (light | further) OUTPUT [SEED]");
  process.exit(1);
}
const rows = [];
let failed = false;
for (const sdk of (await import(`./${set}.mjs`)).SDKS) {
  const { row, faults } = await check(sdk, seed);
  rows.push(row);
  console.log(
    `${row.package} ${row.version}, ${row.function}: ${row.agreed} requests judged alike, ` +
      `${row.accepted} of them accepted; ${row.requests - row.agreed} differ as named`,
  );
  faults.forEach((fault) => console.error(`  ${fault}`));
  failed ||= faults.length > 0;
}
writeFileSync(output, `${JSON.stringify(rows, null, 2)}\n`);
if (failed) {
  console.error(`the seed is ${seed}`);
}
// Some libraries keep a connection or a timer open.
process.exit(failed ? 1 : 0);
