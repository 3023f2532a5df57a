import * as countersign from "countersign";
import * as asymmetric from "countersign/asymmetric";
import * as explain from "countersign/explain";
import * as receiver from "countersign/receiver";
import * as sender from "countersign/sender";

import { run } from "../../conformance.mjs";

const [corpus, output] = Deno.args;
const report = run({ ...countersign, ...explain, ...receiver, ...sender }, asymmetric, JSON.parse(Deno.readTextFileSync(corpus)));
Deno.writeTextFileSync(output, JSON.stringify({ version: Deno.version.deno, ...report }));
