/** For Cloudflare Workers, where modules are compiled before the worker runs. */

import module from "./countersign.wasm";
import { start } from "./core.js";

start(module);
