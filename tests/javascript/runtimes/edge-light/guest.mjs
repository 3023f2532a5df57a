import * as countersign from "countersign";

import { run } from "../../conformance.mjs";

globalThis.outcome = JSON.stringify(run(countersign, JSON.parse(globalThis.files)));
