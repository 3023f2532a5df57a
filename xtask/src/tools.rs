//! Running other programs: each step says what it does, and a failure names it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_owned()
}

/// The folder for everything that is built or installed: `target`.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Says what follows, does it, and says how long it took.
pub(crate) fn step<T>(what: &str, action: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("\n==> {what}");
    let start = Instant::now();
    let result = action().with_context(|| what.to_owned())?;
    println!("    done in {:.1} s", start.elapsed().as_secs_f64());
    Ok(result)
}

/// A command that runs in the workspace's root.
pub(crate) fn command<S: AsRef<OsStr>>(
    program: impl AsRef<OsStr>,
    arguments: impl IntoIterator<Item = S>,
) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root());
    command
}

/// Runs a command with its output shown.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("cannot start {}", program(command)))?;
    if !status.success() {
        bail!("{} failed: {status}", program(command));
    }
    Ok(())
}

/// Runs a command and returns what it printed.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start {}", program(command)))?;
    if !output.status.success() {
        bail!("{} failed: {}", program(command), output.status);
    }
    String::from_utf8(output.stdout).context("the output is not text")
}

/// Runs a command beside others, and shows its output when it has ended.
pub(crate) fn run_beside(command: &mut Command) -> Result<()> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start {}", program(command)))?;
    for text in [&output.stdout, &output.stderr] {
        print!("{}", String::from_utf8_lossy(text));
    }
    if !output.status.success() {
        bail!("{} failed: {}", program(command), output.status);
    }
    Ok(())
}

/// Whether a program can be started with these arguments.
pub(crate) fn works(program: impl AsRef<OsStr>, arguments: &[&str]) -> bool {
    Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Installs Debian's package of a program that is absent.
pub(crate) fn ensure_installed(program: &str, package: &str) -> Result<()> {
    match works(program, &["--version"]) {
        true => Ok(()),
        false => install(package),
    }
}

/// The same for OpenSSL, which makes certificates and does not know `--version` everywhere.
pub(crate) fn ensure_openssl() -> Result<()> {
    match works("openssl", &["version"]) {
        true => Ok(()),
        false => install("openssl"),
    }
}

/// The same for the server of PostgreSQL, whose programs Debian keeps off the path.
pub(crate) fn ensure_postgres() -> Result<()> {
    let of_debian = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten();
    let is_there = of_debian
        .flatten()
        .any(|version| version.path().join("bin/initdb").exists());
    match is_there || works("initdb", &["--version"]) {
        true => Ok(()),
        false => install("postgresql"),
    }
}

fn install(package: &str) -> Result<()> {
    step(&format!("install {package}"), || {
        // A new machine has no lists of packages yet.
        run(&mut command("apt-get", ["update", "-qq"]))
            .and_then(|()| {
                let arguments = ["install", "--yes", "--quiet", package];
                run(&mut command("apt-get", arguments))
            })
            .with_context(|| {
                format!("{package} is absent and could not be installed; install it by hand")
            })
    })
}

fn program(command: &Command) -> String {
    let arguments = command.get_args().map(OsStr::to_string_lossy);
    let words: Vec<_> = std::iter::once(command.get_program().to_string_lossy())
        .chain(arguments)
        .collect();
    words.join(" ")
}
