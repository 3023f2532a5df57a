/** For every runtime that compiles WebAssembly from bytes. */

import { compile } from "./compile.js";
import * as glue from "./glue.js";
import { start } from "./instance.js";
import base64 from "./bytes.js";

start("countersign", compile(base64), glue);
