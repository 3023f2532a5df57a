import * as countersign from "countersign";
import * as receiver from "countersign/receiver";
import * as sender from "countersign/sender";

import { run } from "../../conformance.mjs";

globalThis.outcome = JSON.stringify(run({ ...countersign, ...receiver, ...sender }, JSON.parse(globalThis.files)));
