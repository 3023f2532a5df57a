//! Packs and checks the npm package.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};

use crate::npm_bundle::{bundle, files_below};
use crate::npm_size;
use crate::tools::{
    command, ensure_installed, ensure_postgres, output, root, run as execute, step, target,
};
use crate::wasm::{self, Toolchain};

pub(crate) fn run() -> Result<()> {
    let tarball = pack()?;
    println!("\nthe package is {}", tarball.display());
    Ok(())
}

/// The tarball as the registry would have it. A run builds it once.
pub(crate) fn pack() -> Result<PathBuf> {
    // Who comes while it is packed waits for that.
    static PACKED: Mutex<Option<PathBuf>> = Mutex::new(None);
    let mut packed = PACKED.lock().unwrap_or_else(PoisonError::into_inner);
    if packed.is_none() {
        *packed = Some(pack_anew()?);
    }
    packed.clone().context("nothing was packed")
}

fn pack_anew() -> Result<PathBuf> {
    let glue = wasm::build_with_any()?;
    pack_with(&glue, &folder())
}

/// Checks the package as users get it: its form, its size, its tests, and the corpus in every
/// runtime.
pub(crate) fn test() -> Result<()> {
    let tarball = pack()?;
    step("the package's form: publint, attw", || lint(&tarball))?;
    step("the package's size", || npm_size::check(&folder()))?;
    ensure_installed("redis-server", "redis-server")?;
    ensure_postgres()?;
    let tests = root().join("tests").join("javascript");
    step("unit, property and type tests", || {
        execute(command("node", [tests.join("test.mjs")]).arg(&tarball))
    })?;
    step("the status page in Chromium", || {
        let page = tests.join("status-page.mjs");
        execute(command("node", [page]).arg("--tarball").arg(&tarball))
    })?;
    let results = target().join("conformance");
    step("the corpus in every runtime", || {
        let arguments = [tests.join("run-all.mjs"), tarball.clone(), results.clone()];
        execute(&mut command("node", arguments))
    })?;
    Ok(())
}

/// `cargo xtask fallback`: the corpus in Node, on the modules of the toolchain that is used where the
/// usual one cannot be had.
pub(crate) fn try_fallback() -> Result<()> {
    let debian = pack_with(&wasm::build(Toolchain::Debian)?, &folder().join("debian"))?;
    step(
        "the corpus in Node, on the modules of Debian's toolchain",
        || {
            let tests = root().join("tests").join("javascript");
            let results = target().join("conformance").join("debian");
            let arguments = [tests.join("run-all.mjs"), debian, results];
            execute(command("node", arguments).args(["--only", "node-esm"]))
        },
    )
}

pub(crate) fn folder() -> PathBuf {
    target().join("npm")
}

fn source() -> PathBuf {
    root().join("bindings-wasm")
}

/// Assembles and packs in this folder what belongs to this glue.
fn pack_with(glue: &Path, folder: &Path) -> Result<PathBuf> {
    install_tools()?;
    let build = folder.join("build");
    let package = folder.join("package");
    for fresh in [&build, &package] {
        if fresh.exists() {
            fs::remove_dir_all(fresh)?;
        }
        fs::create_dir_all(fresh)?;
    }
    step("optimize the module, compile the TypeScript", || {
        lay_out(glue, &build)?;
        execute(&mut tool("tsc", &["--project", "."], &build))
    })?;
    step("bundle", || bundle(&build, &package))?;
    step("pack", || {
        for file in ["LICENSE-APACHE", "LICENSE-MIT"] {
            copy(&root().join(file), &package.join(file))?;
        }
        copy(&source().join("README.md"), &package.join("README.md"))?;
        // What is for building the package only is no part of it.
        let manifest = "
            const { devDependencies, ...manifest } = require(process.argv[1]);
            require('node:fs').writeFileSync(process.argv[2], JSON.stringify(manifest, null, 2) + '\\n');
        ";
        let arguments = ["-e", manifest];
        let paths = [source(), package.clone()].map(|folder| folder.join("package.json"));
        execute(command("node", arguments).args(paths))?;
        let arguments = ["pack", "--silent", "--pack-destination"];
        let name = output(command("npm", arguments).arg(folder).current_dir(&package))?;
        Ok(folder.join(name.trim()))
    })
}

/// The sources with what is generated beside them, as they import it.
fn lay_out(glue: &Path, build: &Path) -> Result<()> {
    let sources = build.join("js");
    fs::create_dir(&sources)?;
    copy(
        &source().join("tsconfig.json"),
        &build.join("tsconfig.json"),
    )?;
    for file in files_below(&source().join("js"), Path::new(""))? {
        let to = sources.join(&file);
        fs::create_dir_all(to.parent().unwrap_or(&sources))?;
        copy(&source().join("js").join(&file), &to)?;
    }
    // Where the sources import the glue and the bytes of each module from.
    let places = [
        ("countersign", "glue", "bytes"),
        ("asymmetric", "asymmetric/glue", "asymmetric-bytes"),
        ("receiver", "receiver/glue", "receiver-bytes"),
        ("monitor", "monitor/glue", "monitor-bytes"),
        ("sender", "sender/glue", "sender-bytes"),
        ("explain", "explain/glue", "explain-bytes"),
    ];
    for (name, glue_name, bytes_name) in places {
        let module = sources.join(format!("{name}.wasm"));
        optimize(name, &glue.join(format!("{name}_bg.wasm")), &module)?;
        let to = sources.join(format!("{glue_name}.js"));
        copy(&glue.join(format!("{name}_bg.js")), &to)?;
        let declared = fs::read_to_string(glue.join(format!("{name}.d.ts")))?;
        fs::write(to.with_extension("d.ts"), declared + PRIVATE_DECLARATIONS)?;
        encode(&module, &sources.join(format!("{bytes_name}.ts")))?;
    }
    Ok(())
}

/// What the glue has besides what it declares.
const PRIVATE_DECLARATIONS: &str = "
export interface Exports extends WebAssembly.Exports {
    readonly memory: WebAssembly.Memory;
    __wbindgen_start(): void;
}
export function __wbg_set_wasm(wasm: Exports): void;
";

/// The module as a TypeScript module with its bytes in base64.
fn encode(module: &Path, to: &Path) -> Result<()> {
    let script = "
        const { readFileSync, writeFileSync } = require('node:fs');
        const bytes = readFileSync(process.argv[1]).toString('base64');
        writeFileSync(process.argv[2], `const base64: string = \"${bytes}\";\\nexport default base64;\\n`);
    ";
    execute(command("node", ["-e", script]).args([module, to]))
}

/// Makes the module 4 % smaller and 7 % faster. For size those are optimized that are compiled so.
fn optimize(name: &str, from: &Path, to: &Path) -> Result<()> {
    let level = match name {
        "countersign" => "-O3",
        _ => "-Os",
    };
    let features = [
        level,
        "--enable-bulk-memory",
        "--enable-multivalue",
        "--enable-mutable-globals",
        "--enable-nontrapping-float-to-int",
        "--enable-reference-types",
        "--enable-sign-ext",
        "--enable-simd",
        "-o",
    ];
    execute(tool("wasm-opt", &features, &folder()).args([to, from]))
}

fn lint(tarball: &Path) -> Result<()> {
    let path = tarball.display().to_string();
    execute(&mut tool("publint", &["--strict", &path], &folder()))?;
    // The modules themselves are no TypeScript, and bundlers alone import them.
    let arguments = [
        path.as_str(),
        "--profile=node16", // older Node versions are not supported
        "--exclude-entrypoints",
        "./countersign.wasm",
        "./asymmetric.wasm",
        "./receiver.wasm",
        "./monitor.wasm",
        "./sender.wasm",
        "./explain.wasm",
    ];
    execute(&mut tool("attw", &arguments, &folder()))
}

/// The pinned tools, anew only if the lock file is not the one they were installed from.
fn install_tools() -> Result<()> {
    let tools = folder().join("tools");
    fs::create_dir_all(&tools)?;
    let lock = fs::read(source().join("package-lock.json"))?;
    let stamp = tools.join("installed-from.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    step(
        "install typescript, esbuild, binaryen, publint and attw with npm",
        || {
            for file in ["package.json", "package-lock.json"] {
                copy(&source().join(file), &tools.join(file))?;
            }
            let arguments = [
                "ci",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--silent",
            ];
            execute(command("npm", arguments).current_dir(&tools))?;
            fs::write(&stamp, &lock)?;
            Ok(())
        },
    )
}

/// One of the pinned tools, to run in this folder.
pub(crate) fn tool(
    name: &str,
    arguments: &[&str],
    folder_to_run_in: &Path,
) -> std::process::Command {
    let program = folder().join("tools/node_modules/.bin").join(name);
    let mut command = command(program, arguments);
    command.current_dir(folder_to_run_in);
    command
}

pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).with_context(|| format!("cannot copy {}", from.display()))?;
    Ok(())
}
