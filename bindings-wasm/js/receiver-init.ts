/** For every runtime that compiles WebAssembly from bytes. */

import { compile } from "./compile.js";
import { start } from "./receiver/core.js";
import base64 from "./receiver-bytes.js";

start(compile(base64));
