//! Core without an operating system, and with each of its features alone.

use anyhow::{Result, bail};

use crate::tools::{command, output, run, works};

/// A target without `std`: what needs it does not compile.
const BARE_METAL: &str = "thumbv7em-none-eabihf";

pub(crate) fn run_all() -> Result<()> {
    for features in [
        "",
        "explain",
        "http",
        "serde",
        "testing",
        "explain,http,serde",
    ] {
        println!("core with features \"{features}\"");
        let arguments = ["check", "--quiet", "--package", "countersign", "--features"];
        run(command("cargo", arguments).arg(features))?;
    }
    build_for_bare_metal()
}

fn build_for_bare_metal() -> Result<()> {
    let build = [
        "build",
        "--quiet",
        "--package",
        "countersign",
        "--target",
        BARE_METAL,
    ];
    let installed = output(&mut command("rustc", ["--print", "sysroot"]))?;
    let library = std::path::Path::new(installed.trim())
        .join("lib/rustlib")
        .join(BARE_METAL);
    if library.exists() || works("rustup", &["target", "add", BARE_METAL]) {
        println!("core for {BARE_METAL}");
        return run(&mut command("cargo", build));
    }
    // Without the target's library it can be built from the sources of core and alloc.
    if library.with_file_name("src").exists() {
        println!("core for {BARE_METAL}, with core and alloc built from source");
        let arguments = build.into_iter().chain(["-Zbuild-std=core,alloc"]);
        return run(command("cargo", arguments).env("RUSTC_BOOTSTRAP", "1"));
    }
    bail!("the target {BARE_METAL} is absent, and neither `rustup target add` nor `rust-src` helps")
}
