/** For every runtime that compiles WebAssembly from bytes. */

import { compile } from "./compile.js";
import { start } from "./monitor/core.js";
import base64 from "./monitor-bytes.js";

start(compile(base64));
