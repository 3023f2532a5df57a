/** For edge runtimes whose bundler compiles modules that are asked for so. */

import module from "./asymmetric.wasm?module";
import * as glue from "./asymmetric/glue.js";
import { start } from "./instance.js";

start("asymmetric", module, glue);
