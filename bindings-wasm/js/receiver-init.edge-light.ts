/** For edge runtimes whose bundler compiles modules that are asked for so. */

import module from "./receiver.wasm?module";
import { start } from "./receiver/core.js";

start(module);
