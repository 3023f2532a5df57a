// Signs the jobs of a file with the npm package; prints the headers of each.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

// The package is installed for the examples.
const require = createRequire(new URL("../../../examples/worker/package.json", import.meta.url));
const { Webhook } = require("countersign");

const jobs = JSON.parse(await readFile(process.argv[2], "utf8"));
const sign = ({ scheme, secret, id, body }) => new Webhook(scheme, secret).sign(body, { id });
console.log(JSON.stringify(jobs.map(sign)));
