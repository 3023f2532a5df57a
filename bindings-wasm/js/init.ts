/** For every runtime that compiles WebAssembly from bytes. */

import { compile } from "./compile.js";
import { start } from "./core.js";
import base64 from "./bytes.js";

start(compile(base64));
