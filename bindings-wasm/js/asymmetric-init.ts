/** For every runtime that compiles WebAssembly from bytes. */

import { compile } from "./compile.js";
import * as glue from "./asymmetric/glue.js";
import { start } from "./instance.js";
import base64 from "./asymmetric-bytes.js";

start("asymmetric", compile(base64), glue);
