/** For edge runtimes whose bundler compiles modules that are asked for so. */

import module from "./explain.wasm?module";
import { start } from "./explain/core.js";

start(module);
