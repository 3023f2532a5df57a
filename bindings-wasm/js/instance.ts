/**
 * The WebAssembly instances that verify: of the module with shared secrets alone, and of that which has
 * public keys, too. A program has one of them, or both; no object of one is ever given to the other.
 */

import { type Glue, setCommon } from "./core.js";
import { Exchange } from "./exchange.js";

/** An instance, with the glue and the exchange that are bound to it. */
export interface Instance {
  readonly glue: Glue;
  readonly exchange: Exchange;
}

export type ModuleName = "countersign" | "asymmetric";

const instances: Partial<Record<ModuleName, Instance>> = {};
let first: Instance | undefined;

/** Makes the instance. Called once for each module, by the entry that the runtime chose. */
export function start(name: ModuleName, module: WebAssembly.Module, glue: Glue): void {
  const imports = { [`./${name}_bg.js`]: glue as unknown as WebAssembly.ModuleImports };
  // What the module exports is what the glue was generated for.
  const { exports } = new WebAssembly.Instance(module, imports);
  const bound = glue as Glue & GlueOfModule;
  const wasm = exports as ModuleExports;
  bound.__wbg_set_wasm(wasm);
  wasm.__wbindgen_start();
  const instance = { glue, exchange: new Exchange(glue, wasm.memory) };
  instances[name] = instance;
  if (first === undefined) {
    first = instance;
    setCommon(glue);
  }
}

/** The instance of this module; else of that which there is. */
export function instanceOf(name: ModuleName): Instance {
  return instances[name] ?? common();
}

/** The instance that was made first. */
export function common(): Instance {
  return first!;
}

type ModuleExports = WebAssembly.Exports & { memory: WebAssembly.Memory; __wbindgen_start(): void };
type GlueOfModule = { __wbg_set_wasm(wasm: WebAssembly.Exports): void };
