/** For Cloudflare Workers, where modules are compiled before the worker runs. */

import module from "./explain.wasm";
import { start } from "./explain/core.js";

start(module);
