//! `xtask-wasm-glue <module.wasm> <folder>`: writes the module and its glue into the folder.
//!
//! A program of its own, so that the generator's many dependencies are compiled only by the
//! commands of `cargo xtask` that build the module. Its version is held by `Cargo.lock`, and it
//! writes the same bytes as the command-line tool of that version.

use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use wasm_bindgen_cli_support::Bindgen;

/// What the module calls its glue.
const GLUE: &str = "./countersign_bg.js";

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [module, folder] = arguments.as_slice() else {
        bail!("usage: xtask-wasm-glue <module.wasm> <folder>");
    };
    let mut output = Bindgen::new()
        .input_path(module)
        .out_name("countersign")
        .bundler(true)?
        .typescript(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate_output()
        .with_context(|| format!("cannot make the glue of {module}"))?;
    for import in output.wasm().imports.iter() {
        let (from, name) = (&import.module, &import.name);
        ensure!(from == GLUE, "the module imports {name} from {from}");
    }
    output.emit(Path::new(folder))
}
