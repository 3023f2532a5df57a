/** For edge runtimes whose bundler compiles modules that are asked for so. */

import module from "./countersign.wasm?module";
import * as glue from "./glue.js";
import { start } from "./instance.js";

start("countersign", module, glue);
