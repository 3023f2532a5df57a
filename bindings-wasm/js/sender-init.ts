/** For every runtime that compiles WebAssembly from bytes. */

import { compile } from "./compile.js";
import { start } from "./sender/core.js";
import base64 from "./sender-bytes.js";

start(compile(base64));
