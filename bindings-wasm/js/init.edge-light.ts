/** For edge runtimes whose bundler compiles modules that are asked for so. */

import module from "./countersign.wasm?module";
import { start } from "./core.js";

start(module);
