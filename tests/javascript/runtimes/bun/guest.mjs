import * as countersign from "countersign";
import * as asymmetric from "countersign/asymmetric";
import * as explain from "countersign/explain";
import * as receiver from "countersign/receiver";
import * as sender from "countersign/sender";

import { run } from "../../conformance.mjs";

const [corpus, output] = Bun.argv.slice(2);
const report = run({ ...countersign, ...explain, ...receiver, ...sender }, asymmetric, await Bun.file(corpus).json());
await Bun.write(output, JSON.stringify({ version: Bun.version, ...report }));
