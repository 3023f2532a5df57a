/** For Cloudflare Workers, where modules are compiled before the worker runs. */

import module from "./monitor.wasm";
import { start } from "./monitor/core.js";

start(module);
