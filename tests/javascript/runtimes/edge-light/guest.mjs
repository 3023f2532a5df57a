import * as countersign from "countersign";
import * as asymmetric from "countersign/asymmetric";
import * as explain from "countersign/explain";
import * as receiver from "countersign/receiver";
import * as sender from "countersign/sender";

import { run } from "../../conformance.mjs";

const files = JSON.parse(globalThis.files);
globalThis.outcome = JSON.stringify(run({ ...countersign, ...explain, ...receiver, ...sender }, asymmetric, files));
