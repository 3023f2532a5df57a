/** For Cloudflare Workers, where modules are compiled before the worker runs. */

import module from "./asymmetric.wasm";
import * as glue from "./asymmetric/glue.js";
import { start } from "./instance.js";

start("asymmetric", module, glue);
