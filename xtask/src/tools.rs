//! Running other programs: each step says what it does, and a failure names it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result, anyhow, bail};

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

/// Builds a program of the workspace just as its tests are built, so that nothing is compiled once
/// more with other features; its path. Cargo counts what tests alone need only if it builds a test:
/// `test` is one of the program's own package.
pub(crate) fn build_program(name: &str, test: &str) -> Result<PathBuf> {
    let scope = [
        "build",
        "--quiet",
        "--workspace",
        "--all-features",
        "--locked",
    ];
    run(command("cargo", scope).args(["--bin", name, "--test", test]))?;
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    Ok(target().join("debug").join(file))
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

/// Does all of these at once and waits for all; what failed, the earlier in the list first.
pub(crate) fn at_once<const N: usize>(lanes: [&(dyn Fn() -> Result<()> + Sync); N]) -> Result<()> {
    thread::scope(|scope| {
        let lanes = lanes.map(|lane| scope.spawn(lane));
        let outcomes = lanes.map(|lane| match lane.join() {
            Ok(outcome) => outcome,
            Err(_) => Err(anyhow!("what was done beside others panicked")),
        });
        outcomes.into_iter().collect()
    })
}

/// Lets what this thread starts from now on give way to all else, so that tests keep their time.
pub(crate) fn give_way() -> Result<()> {
    // On Linux this is of the thread and of the processes that it starts, on others of the process.
    #[cfg(unix)]
    rustix::process::nice(10).context("cannot give way to other programs")?;
    Ok(())
}

/// A step that is one command, beside others: all that it says is shown when it has ended.
pub(crate) fn step_beside(what: &str, command: &mut Command) -> Result<()> {
    let start = Instant::now();
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start {}", program(command)))?;
    let [stdout, stderr] =
        [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    let time = start.elapsed().as_secs_f64();
    // In one piece, so that what others say does not come between.
    println!("\n==> {what}\n{stdout}{stderr}    ended after {time:.1} s");
    if !output.status.success() {
        let failure = anyhow!("{} failed: {}", program(command), output.status);
        return Err(failure.context(what.to_owned()));
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
