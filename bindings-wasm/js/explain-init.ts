/** For every runtime that compiles WebAssembly from bytes. */

import { compile } from "./compile.js";
import { start } from "./explain/core.js";
import base64 from "./explain-bytes.js";

start(compile(base64));
