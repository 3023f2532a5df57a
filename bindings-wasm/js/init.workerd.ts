/** For Cloudflare Workers, where modules are compiled before the worker runs. */

import module from "./countersign.wasm";
import * as glue from "./glue.js";
import { start } from "./instance.js";

start("countersign", module, glue);
