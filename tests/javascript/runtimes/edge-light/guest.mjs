import * as countersign from "countersign";
import * as explain from "countersign/explain";
import * as receiver from "countersign/receiver";
import * as sender from "countersign/sender";

import { run } from "../../conformance.mjs";

globalThis.outcome = JSON.stringify(run({ ...countersign, ...explain, ...receiver, ...sender }, JSON.parse(globalThis.files)));
