//! `xtask-wasm-glue <module.wasm> <folder> <name>`: writes the module and its glue into the folder,
//! under this name.
//!
//! A program of its own, so that the generator's many dependencies are compiled only by the
//! commands of `cargo xtask` that build the module. Its version is held by `Cargo.lock`, and it
//! writes the same bytes as the command-line tool of that version.

use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [module, folder, name] = arguments.as_slice() else {
        bail!("usage: xtask-wasm-glue <module.wasm> <folder> <name>");
    };
    let mut output = Bindgen::new()
        .input_path(module)
        .out_name(name)
        .bundler(true)?
        .typescript(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate_output()
        .with_context(|| format!("cannot make the glue of {module}"))?;
    // What the module calls its glue.
    let glue = format!("./{name}_bg.js");
    for import in output.wasm().imports.iter() {
        let (from, what) = (&import.module, &import.name);
        ensure!(*from == glue, "the module imports {what} from {from}");
    }
    output.emit(Path::new(folder))
}
