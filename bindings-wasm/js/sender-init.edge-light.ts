/** For edge runtimes whose bundler compiles modules that are asked for so. */

import module from "./sender.wasm?module";
import { start } from "./sender/core.js";

start(module);
