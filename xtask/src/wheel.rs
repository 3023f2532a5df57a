//! The Python package: its wheel and sdist, the environments they are tried in, and their tests.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, bail, ensure};

use crate::python::{Venv, interpreters};
use crate::tools::{
    at_once, command, ensure_installed, ensure_openssl, ensure_postgres, give_way, root,
    run as run_command, step, step_beside, target,
};

/// What a wheel may weigh. It ships inside the user's images.
const WHEEL_BUDGET: u64 = 8 * 1024 * 1024;

/// The stable ABIs that there are wheels for, by the minor version of their Python. Calls of the
/// newer one cost less.
const ABIS: [u32; 2] = [9, 10];

/// What was built.
#[derive(Clone)]
pub(crate) struct Wheels {
    /// By the oldest minor version that they are for.
    wheels: BTreeMap<u32, PathBuf>,
    sdist: PathBuf,
}

impl Wheels {
    /// Installs the one that pip would choose; its path.
    pub(crate) fn install(&self, venv: &Venv) -> Result<&Path> {
        let fitting = self.wheels.range(..=venv.minor()?).next_back();
        let (_, wheel) = fitting.context("there is no wheel for this Python")?;
        venv.install_wheel(wheel)?;
        Ok(wheel)
    }
}

/// `cargo xtask wheel`
pub(crate) fn run() -> Result<()> {
    let wheels = build()?;
    let python = install(&wheels)?;
    for wheel in wheels.wheels.values() {
        println!("\nbuilt     {}", wheel.display());
    }
    println!("built     {}", wheels.sdist.display());
    println!("installed for {}", python.display());
    Ok(())
}

/// The wheels and the sdist, each in a folder of its own. A run builds them once.
pub(crate) fn build() -> Result<Wheels> {
    // Who comes while they are built waits for that.
    static BUILT: Mutex<Option<Wheels>> = Mutex::new(None);
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    if built.is_none() {
        *built = Some(build_anew()?);
    }
    built.clone().context("nothing was built")
}

fn build_anew() -> Result<Wheels> {
    step("build the wheels and the sdist", || {
        let folder = wheels_folder();
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        let wheels = ABIS.iter().map(|minor| {
            let abi = format!("abi3-py3{minor}");
            let arguments = ["--locked", "--no-default-features", "--features", &abi];
            let wheel = maturin("build", &arguments, &abi, ".whl")?;
            let size = fs::metadata(&wheel)?.len();
            println!("wheel: {size} bytes of {WHEEL_BUDGET}");
            ensure!(size <= WHEEL_BUDGET, "the wheel is over its budget");
            Ok((*minor, wheel))
        });
        Ok(Wheels {
            wheels: wheels.collect::<Result<_>>()?,
            sdist: maturin("sdist", &[], "sdist", ".tar.gz")?,
        })
    })
}

fn wheels_folder() -> PathBuf {
    target().join("wheels")
}

/// What maturin puts into this empty folder.
fn maturin(what: &str, arguments: &[&str], folder: &str, ending: &str) -> Result<PathBuf> {
    let folder = wheels_folder().join(folder);
    let tools = Venv::with_requirements("maturin", "requirements-build.txt", main_python()?)?;
    let mut maturin = tools.module("maturin");
    maturin
        .args([what, "--manifest-path", "bindings-python/Cargo.toml"])
        .args(arguments)
        .arg("--out")
        .arg(&folder);
    run_command(&mut maturin)?;
    only_file(&folder, ending)
}

/// Builds, and gives the Python of a fresh environment with the wheel and nothing else.
pub(crate) fn venv_with_wheel() -> Result<PathBuf> {
    install(&build()?)
}

/// Everything that must hold of the package.
pub(crate) fn test() -> Result<()> {
    let wheels = build()?;
    let tools = install_for_tests(&wheels)?;
    ensure_installed("redis-server", "redis-server")?;
    ensure_openssl()?;
    ensure_postgres()?;
    println!("\ninstalled for the tests:");
    run_command(tools.module("pip").args(["list", "--format=freeze"]))?;

    let newest = step("install for the newest Python", || {
        let name = "python-tests-newest";
        let newest = Venv::with_requirements(name, "requirements.txt", newest_python()?)?;
        wheels.install(&newest)?;
        Ok(newest)
    })?;
    // The tests wait more than they compute. Each has servers and a cache of its own.
    let tests = |venv: &Venv, age: &str| {
        let cache = target().join(format!("pytest-{age}"));
        let cache = format!("cache_dir={}", cache.display());
        let mut pytest = venv.module("pytest");
        pytest.args(["tests/python", "-q", "-o", &cache]);
        let what = format!("tests of the Python package on the {age} Python");
        step_beside(&what, &mut pytest)
    };
    at_once([
        &|| tests(&tools, "oldest"),
        &|| tests(&newest, "newest"),
        &|| {
            give_way()?;
            step("the sdist installs by itself", || install_sdist(&wheels))?;
            step("the wheels on every Python here", || every_python(&wheels))
        },
    ])?;
    step("the stubs fit the module", || {
        // The other modules are their own stubs.
        run_command(
            tools
                .module("mypy.stubtest")
                .arg("countersign._countersign"),
        )
    })?;
    step("the status page in Chromium", || {
        let page = root().join("tests/javascript/status-page.mjs");
        run_command(command("node", [page]).arg("--python").arg(tools.python()))
    })?;
    step("mypy --strict accepts the package and its use", || {
        let strict = ["--strict", "--package", "countersign"];
        run_command(tools.module("mypy").args(strict))?;
        let use_of_it = ["--strict", "tests/python/typed_usage.py"];
        run_command(tools.module("mypy").args(use_of_it))
    })?;
    step("conformance of the Python package", || {
        conformance(tools.python(), &target().join("conformance/python.json"))
    })
}

fn install_sdist(wheels: &Wheels) -> Result<()> {
    let venv = Venv::fresh("from-sdist", main_python()?)?;
    let mut pip = venv.module("pip");
    pip.args(["install", "-q", "--disable-pip-version-check"])
        .arg(&wheels.sdist)
        // What others have written is compiled by now.
        .env("CARGO_TARGET_DIR", target());
    run_command(&mut pip)?;
    smoke(&venv)
}

/// An environment with the wheel, and everything that its tests need.
pub(crate) fn venv_for_tests() -> Result<Venv> {
    install_for_tests(&build()?)
}

fn install_for_tests(wheels: &Wheels) -> Result<Venv> {
    let venv = Venv::with_requirements("python-tests", "requirements.txt", main_python()?)?;
    wheels.install(&venv)?;
    Ok(venv)
}

/// Runs the corpus with this Python, which has the package.
pub(crate) fn conformance(python: &Path, output: &Path) -> Result<()> {
    run_command(command(python, ["tests/python/conformance.py"]).arg(output))
}

fn install(wheels: &Wheels) -> Result<PathBuf> {
    step("install the wheel in a fresh environment", || {
        let venv = Venv::fresh("with-wheel", main_python()?)?;
        wheels.install(&venv)?;
        smoke(&venv)?;
        Ok(venv.python().to_owned())
    })
}

fn every_python(wheels: &Wheels) -> Result<()> {
    let pythons = supported()?;
    for abi in wheels
        .wheels
        .keys()
        .filter(|abi| !pythons.contains_key(abi))
    {
        println!("there is no Python 3.{abi} here, the oldest that its wheel is for");
    }
    for (minor, python) in pythons {
        println!("\nPython 3.{minor}: {}", python.display());
        let name = format!("python3.{minor}");
        let venv = Venv::fresh(&name, &python)?;
        wheels.install(&venv)?;
        smoke(&venv)?;
        let output = target().join(format!("conformance/{name}.json"));
        conformance(venv.python(), &output)?;
        // Only the outcome counts: it is that of the package in any Python.
        fs::remove_file(output)?;
    }
    Ok(())
}

/// The package is that of the environment, and works.
fn smoke(venv: &Venv) -> Result<()> {
    run_command(&mut command(venv.python(), ["tests/python/smoke.py"]))
}

/// The Pythons that the package supports, by minor version.
fn supported() -> Result<BTreeMap<u32, PathBuf>> {
    let mut found = interpreters();
    found.retain(|minor, _| *minor >= 9);
    if found.is_empty() {
        bail!("no Python 3.9 or later with venv was found on PATH or under ~/.pyenv/versions");
    }
    Ok(found)
}

/// The Python that builds and tests: the oldest here, so that nothing newer is needed by accident.
pub(crate) fn main_python() -> Result<PathBuf> {
    let oldest = supported()?.into_values().next();
    oldest.context("no Python was found")
}

/// The Python that uses what only newer versions have.
pub(crate) fn newest_python() -> Result<PathBuf> {
    let newest = supported()?.into_values().next_back();
    newest.context("no Python was found")
}

fn only_file(folder: &Path, ending: &str) -> Result<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(ending) {
            files.push(path);
        }
    }
    match files.as_slice() {
        [file] => Ok(file.clone()),
        _ => bail!(
            "{} files end in {ending} in {}",
            files.len(),
            folder.display()
        ),
    }
}
