//! Makes what the npm package ships of the compiled TypeScript: entries for each kind of runtime, which
//! share what is the same in all.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::npm::{copy, folder, tool};
use crate::tools::{command, root, run as execute};
use crate::wasm;

/// Declarations that no public one needs; these would ask for the glue's.
const INTERNAL_TYPES: [&str; 30] = [
    "asymmetric-entry",
    "asymmetric-init",
    "asymmetric/fetch-key",
    "compile",
    "context",
    "core",
    "entry",
    "exchange",
    "explain-entry",
    "explain-init",
    "explain/core",
    "inbox-entry",
    "init",
    "instance",
    "monitor-entry",
    "monitor-init",
    "monitor/asking",
    "monitor/core",
    "monitor/inbox-reader",
    "monitor/outbox-reader",
    "receiver-entry",
    "receiver-init",
    "receiver/core",
    "request",
    "retry-description",
    "sample",
    "sender-entry",
    "sender-init",
    "sender/core",
    "testing-entry",
];

/// The adapters work on what an entry has made, so that one form of each serves every runtime.
const ADAPTERS: [&str; 4] = ["express", "fastify", "fetch", "node"];

/// The entries and their names in CommonJS, which are those of the package.
const ENTRIES: [(&str, &str); 8] = [
    ("entry", "index"),
    ("asymmetric-entry", "asymmetric"),
    ("testing-entry", "testing"),
    ("receiver-entry", "receiver"),
    ("inbox-entry", "inbox"),
    ("monitor-entry", "monitor"),
    ("sender-entry", "sender"),
    ("explain-entry", "explain"),
];

pub(crate) fn bundle(build: &Path, package: &Path) -> Result<()> {
    let dist = package.join("dist");
    let shared = [
        "--bundle",
        "--format=esm",
        "--splitting",
        "--target=es2022",
        "--charset=utf8",
        "--keep-names",
        "--log-level=warning",
        "--external:*.wasm",
        "--external:*.wasm?module",
    ];
    let mut esbuild = tool("esbuild", &shared, build);
    for runtime in ["", ".workerd", ".edge-light"] {
        for (entry, _) in ENTRIES {
            esbuild.arg(format!("js/{entry}{runtime}.ts"));
        }
    }
    esbuild.args(ADAPTERS.map(|adapter| format!("js/adapters/{adapter}.ts")));
    let metafile = build.join("bundled.json");
    esbuild.arg(format!("--metafile={}", metafile.display()));
    execute(esbuild.arg(format!("--outdir={}", dist.display())))?;
    let script = root().join("xtask/src/npm_commonjs.mjs");
    let places = [script, folder().join("tools"), metafile, dist.clone()];
    let mut commonjs = command("node", places);
    commonjs
        .current_dir(build)
        .args(ENTRIES.map(|(entry, name)| format!("{entry}={name}")));
    execute(commonjs.args(ADAPTERS.map(|name| format!("{name}={name}"))))?;

    for (name, ..) in wasm::MODULES {
        let module = format!("{name}.wasm");
        copy(&build.join("js").join(&module), &dist.join(&module))?;
    }
    let types = dist.join("types");
    for file in files_below(&build.join("types"), Path::new(""))? {
        let name = file.to_string_lossy();
        if !INTERNAL_TYPES.iter().any(|prefix| name.starts_with(prefix)) {
            copy_types(&build.join("types").join(&file), &types.join(&file))?;
        }
    }
    Ok(())
}

/// All files of a folder and those in it, as paths within the first.
pub(crate) fn files_below(top: &Path, inner: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(top.join(inner))? {
        let entry = entry?;
        let path = inner.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            files.extend(files_below(top, &path)?);
        } else {
            files.push(path);
        }
    }
    Ok(files)
}

/// A declaration file for ECMAScript modules, and the same for CommonJS.
fn copy_types(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to.parent().unwrap_or(to))?;
    let text = fs::read_to_string(from)?;
    fs::write(to, &text)?;
    let commonjs = text.replace(".js\"", ".cjs\"");
    // `with_extension` replaces what follows the last dot alone.
    fs::write(to.with_extension("").with_extension("d.cts"), commonjs)?;
    Ok(())
}
