/** For Cloudflare Workers, where modules are compiled before the worker runs. */

import module from "./receiver.wasm";
import { start } from "./receiver/core.js";

start(module);
