/**
 * The WebAssembly instance behind the reports: a module of its own, so that those who only verify
 * do not load it.
 */

import * as glue from "./glue.js";

export { glue };

/** Makes the instance. Called once, by the entry that the runtime chose. */
export function start(module: WebAssembly.Module): void {
  const instance = new WebAssembly.Instance(module, { "./explain_bg.js": imports });
  // What the module exports is what the glue was generated for.
  const wasm = instance.exports as unknown as glue.Exports;
  glue.__wbg_set_wasm(wasm);
  wasm.__wbindgen_start();
}

const imports = glue as unknown as WebAssembly.ModuleImports;
