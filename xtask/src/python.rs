//! Pythons on this machine, and virtual environments.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::tools::{command, output, root, run, target};

const MINOR_VERSIONS: std::ops::RangeInclusive<u32> = 9..=19;

/// The Pythons that can make virtual environments, by their minor version.
pub(crate) fn interpreters() -> BTreeMap<u32, PathBuf> {
    let on_path = MINOR_VERSIONS.map(|minor| PathBuf::from(format!("python3.{minor}")));
    let candidates = ["python3", "python"].map(PathBuf::from).into_iter();
    let mut found = BTreeMap::new();
    for candidate in candidates.chain(on_path).chain(of_pyenv()) {
        if let Some((minor, path)) = probe(&candidate) {
            found.entry(minor).or_insert(path);
        }
    }
    found
}

fn of_pyenv() -> Vec<PathBuf> {
    let Some(home) = std::env::home_dir() else {
        return Vec::new();
    };
    let Ok(versions) = fs::read_dir(home.join(".pyenv/versions")) else {
        return Vec::new();
    };
    let pythons = versions.filter_map(|version| Some(version.ok()?.path().join("bin/python")));
    pythons.collect()
}

/// The minor version and the true path, if this is a usable Python 3.
fn probe(python: &Path) -> Option<(u32, PathBuf)> {
    const QUESTION: &str = "\
        import sys, venv, ensurepip\n\
        assert sys.version_info[0] == 3 and sys.implementation.name == 'cpython'\n\
        print(sys.version_info[1], sys.executable)";
    let answer = Command::new(python).args(["-c", QUESTION]).output().ok()?;
    let text = String::from_utf8(answer.stdout).ok()?;
    let (minor, path) = text.trim().split_once(' ')?;
    let minor = minor.parse().ok()?;
    (answer.status.success() && MINOR_VERSIONS.contains(&minor)).then(|| (minor, path.into()))
}

/// A virtual environment under `target`.
pub(crate) struct Venv {
    python: PathBuf,
}

impl Venv {
    /// A new one, in place of any of this name.
    pub(crate) fn fresh(name: &str, python: impl AsRef<OsStr>) -> Result<Self> {
        let folder = target().join("venvs").join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        run(command(python, ["-m", "venv"]).arg(&folder))?;
        Ok(Self::at(&folder))
    }

    /// One with what this file in `tests/python` pins. It is kept while the file stays the same.
    pub(crate) fn with_requirements(
        name: &str,
        requirements: &str,
        python: impl AsRef<OsStr>,
    ) -> Result<Self> {
        Self::with_options(name, requirements, python, &[])
    }

    /// The same, installed with these options of pip.
    pub(crate) fn with_options(
        name: &str,
        requirements: &str,
        python: impl AsRef<OsStr>,
        options: &[&str],
    ) -> Result<Self> {
        let file = root().join("tests/python").join(requirements);
        let pins =
            fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let wanted = format!("{}\n{pins}", python.as_ref().to_string_lossy());
        let folder = target().join("venvs").join(name);
        let stamp = folder.join("installed.txt");
        if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
            return Ok(Self::at(&folder));
        }
        let venv = Self::fresh(name, python)?;
        let mut pip = venv.module("pip");
        run(pip
            .args(["install", "-q", "--disable-pip-version-check"])
            .args(options)
            .arg("-r")
            .arg(&file))?;
        fs::write(stamp, wanted)?;
        Ok(venv)
    }

    fn at(folder: &Path) -> Self {
        let python = match cfg!(windows) {
            true => "Scripts/python.exe",
            false => "bin/python",
        };
        Self {
            python: folder.join(python),
        }
    }

    pub(crate) fn python(&self) -> &Path {
        &self.python
    }

    /// The minor version of its Python.
    pub(crate) fn minor(&self) -> Result<u32> {
        let question = ["-c", "import sys; print(sys.version_info[1])"];
        let answer = output(&mut command(&self.python, question))?;
        Ok(answer.trim().parse()?)
    }

    /// A command that runs this module.
    pub(crate) fn module(&self, module: &str) -> Command {
        command(&self.python, ["-m", module])
    }

    /// Installs this wheel in place of any other version, and nothing from an index.
    pub(crate) fn install_wheel(&self, wheel: &Path) -> Result<()> {
        let mut pip = self.module("pip");
        pip.args(["install", "-q", "--disable-pip-version-check", "--no-index"])
            .args(["--no-deps", "--force-reinstall"])
            .arg(wheel);
        run(&mut pip)?;
        let version = "import countersign; print('countersign', countersign.__version__)";
        print!("{}", output(&mut command(&self.python, ["-c", version]))?);
        Ok(())
    }
}
