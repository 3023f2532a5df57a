/** For every runtime that compiles WebAssembly from bytes. */

import { start } from "./core.js";
import base64 from "./bytes.js";

start(new WebAssembly.Module(Uint8Array.from(atob(base64), (unit) => unit.charCodeAt(0))));
