//! Builds the WebAssembly modules of the npm package.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::tools::{build_program, command, output, root, run as execute, step, target, works};

/// The modules: the name of each, the feature that it is made of, and the profile that suits it.
pub(crate) const MODULES: [(&str, &str, &str); 6] = [
    ("countersign", "webhook", "wasm"),
    ("asymmetric", "asymmetric", "wasm-asymmetric"),
    ("receiver", "receiver", "wasm-small"),
    ("monitor", "monitor", "wasm-small"),
    ("sender", "sender", "wasm-small"),
    ("explain", "explain", "wasm-small"),
];

const TARGET: &str = "wasm32-unknown-unknown";
/// Debian's packages, which bring the sources of the standard library instead of the target's.
const DEBIAN_PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld-19"];

/// Who compiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Toolchain {
    /// The one that runs this, with the target that rustup installs.
    Rustup,
    /// Debian's, for where rustup cannot download the target.
    Debian,
}

impl Toolchain {
    fn name(self) -> &'static str {
        match self {
            Self::Rustup => "rustup",
            Self::Debian => "debian",
        }
    }
}

/// Builds with the first toolchain that there is.
pub(crate) fn run() -> Result<()> {
    let folder = build_with_any()?;
    println!("\nthe modules and their glue are in {}", folder.display());
    Ok(())
}

/// Builds with the first toolchain that there is; the folder of the modules and their glue.
pub(crate) fn build_with_any() -> Result<PathBuf> {
    match install_target() {
        Ok(()) => build(Toolchain::Rustup),
        Err(error) => {
            println!("    {error:#}; Debian's toolchain builds instead");
            build(Toolchain::Debian)
        }
    }
}

/// Builds with this toolchain; the folder of `NAME_bg.wasm`, `NAME_bg.js` and `NAME.d.ts` of each
/// module.
pub(crate) fn build(toolchain: Toolchain) -> Result<PathBuf> {
    let kind = toolchain.name();
    let compiled = target().join("wasm").join(kind);
    match toolchain {
        Toolchain::Rustup => install_target()?,
        Toolchain::Debian => install_debian()?,
    }
    let folder = compiled.join("glue");
    for (name, feature, profile) in MODULES {
        step(&format!("compile the module {name} ({kind})"), || {
            compile(toolchain, feature, profile, &compiled)
        })?;
        let module = compiled
            .join(TARGET)
            .join(profile)
            .join("countersign_wasm.wasm");
        step(&format!("write its glue ({kind})"), || {
            let generator = build_program("xtask-wasm-glue", "usage")?;
            execute(command(generator, [&module, &folder]).arg(name))
        })?;
    }
    Ok(folder)
}

fn compile(toolchain: Toolchain, feature: &str, profile: &str, folder: &Path) -> Result<()> {
    let arguments = [
        "build",
        "--package=countersign-wasm",
        "--target",
        TARGET,
        "--no-default-features",
        "--features",
        feature,
        "--profile",
        profile,
        "--target-dir",
    ];
    let mut cargo = match toolchain {
        Toolchain::Rustup => command("cargo", arguments),
        Toolchain::Debian => command("/usr/bin/cargo", arguments),
    };
    cargo.arg(folder);
    let sysroot = match toolchain {
        Toolchain::Rustup => output(&mut command("rustc", ["--print", "sysroot"]))?,
        Toolchain::Debian => {
            let path = std::env::var("PATH").unwrap_or_default();
            // Debian compiles the standard library itself, which needs an unstable option. Its
            // plain `wasm-ld` is too old to give the allocator the end of the heap.
            cargo
                .arg("-Zbuild-std=core,alloc")
                .env("RUSTC", "/usr/bin/rustc")
                .env("RUSTC_BOOTSTRAP", "1")
                .env("PATH", format!("/usr/bin:{path}"))
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "wasm-ld-19")
                .env_remove("RUSTUP_TOOLCHAIN");
            output(&mut command("/usr/bin/rustc", ["--print", "sysroot"]))?
        }
    };
    cargo.env("CARGO_ENCODED_RUSTFLAGS", rust_flags(sysroot.trim())?);
    execute(&mut cargo)
}

/// SIMD, which halves the time of SHA-256 and which every supported runtime has; and no path of
/// this machine in the module, so that one toolchain gives the same bytes everywhere.
fn rust_flags(sysroot: &str) -> Result<String> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home
        .or_else(|| std::env::home_dir().map(|home| home.join(".cargo")))
        .context("there is no home folder")?;
    let mut remapped = vec![
        (root().display().to_string(), "/countersign"),
        (sysroot.to_owned(), "/rust"),
    ];
    // One folder for each registry, whose name depends on where the crates came from.
    let registries = fs::read_dir(home.join("registry").join("src"));
    for registry in registries.into_iter().flatten().filter_map(Result::ok) {
        remapped.push((registry.path().display().to_string(), "/crates"));
    }
    let flags: Vec<String> = ["-Ctarget-feature=+simd128".to_owned()]
        .into_iter()
        .chain(
            remapped
                .iter()
                .map(|(from, to)| format!("--remap-path-prefix={from}={to}")),
        )
        .collect();
    Ok(flags.join("\u{1f}"))
}

fn install_target() -> Result<()> {
    let arguments = ["--print", "target-libdir", "--target", TARGET];
    let folder = output(&mut command("rustc", arguments))?;
    let installed = fs::read_dir(folder.trim()).is_ok_and(|mut files| files.next().is_some());
    if installed {
        return Ok(());
    }
    step(&format!("install the target {TARGET} with rustup"), || {
        execute(&mut command("rustup", ["target", "add", TARGET]))
    })
}

fn install_debian() -> Result<()> {
    let sources = output(&mut command(
        "sh",
        ["-c", "ls -d /usr/src/rustc-*/library || true"],
    ))?;
    let installed = works("/usr/bin/cargo", &["--version"])
        && works("/usr/bin/rustc", &["--version"])
        && works("wasm-ld-19", &["--version"])
        && !sources.trim().is_empty();
    if installed {
        return Ok(());
    }
    let packages = DEBIAN_PACKAGES.join(" ");
    if !works("apt-get", &["--version"]) {
        bail!("Debian's toolchain needs the packages {packages}, and there is no apt-get here");
    }
    step(&format!("install {packages} with apt-get"), || {
        execute(&mut command("apt-get", ["update", "-qq"]))?;
        let arguments = ["install", "-qq", "--yes", "--no-install-recommends"];
        execute(command("apt-get", arguments).args(DEBIAN_PACKAGES))
            .context("these packages must be installed, by root")
    })
}
