/** The WebAssembly instance behind everything here. */

import * as glue from "./glue.js";

export { glue };

/** Makes the instance. Called once, by the entry that the runtime chose. */
export function start(module: WebAssembly.Module): void {
  const instance = new WebAssembly.Instance(module, { "./countersign_bg.js": imports });
  // What the module exports is what the glue was generated for.
  const wasm = instance.exports as unknown as glue.Exports;
  glue.__wbg_set_wasm(wasm);
  wasm.__wbindgen_start();
  memory = wasm.memory;
}

/** Its linear memory. */
export let memory: WebAssembly.Memory;

const imports = glue as unknown as WebAssembly.ModuleImports;
