/** For Cloudflare Workers, where modules are compiled before the worker runs. */

import module from "./sender.wasm";
import { start } from "./sender/core.js";

start(module);
