import * as countersign from "countersign";
import * as receiver from "countersign/receiver";

import { run } from "../../conformance.mjs";

globalThis.outcome = JSON.stringify(run({ ...countersign, ...receiver }, JSON.parse(globalThis.files)));
