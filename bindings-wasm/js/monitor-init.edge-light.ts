/** For edge runtimes whose bundler compiles modules that are asked for so. */

import module from "./monitor.wasm?module";
import { start } from "./monitor/core.js";

start(module);
