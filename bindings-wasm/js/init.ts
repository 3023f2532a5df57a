/** For every runtime that compiles WebAssembly from bytes. */

import { start } from "./core.js";
import base64 from "./bytes.js";

const text = atob(base64);
const bytes = new Uint8Array(text.length);
for (let index = 0; index < text.length; index++) {
  bytes[index] = text.charCodeAt(index);
}
start(new WebAssembly.Module(bytes));
