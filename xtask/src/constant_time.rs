//! The time of signing and verifying does not depend on the key.

use anyhow::{Context, Result};

use crate::tools::{command, ensure_installed, run as execute, step, target};

const PACKAGE: &str = "countersign-constant-time";

pub(crate) fn run() -> Result<()> {
    ensure_installed("valgrind", "valgrind")?;
    step("build with optimizations", || {
        let arguments = ["build", "--quiet", "--release", "--package", PACKAGE];
        // Names for the log; the code stays what it is.
        execute(command("cargo", arguments).env("CARGO_PROFILE_RELEASE_DEBUG", "line-tables-only"))
    })?;
    step(
        "sign and verify with a key that memcheck does not know",
        || {
            let log = target().join("constant-time.log");
            let mut valgrind = command("valgrind", ["--error-limit=no", "--num-callers=16"]);
            valgrind
                .arg(format!("--log-file={}", log.display()))
                .arg(target().join("release").join(PACKAGE));
            execute(&mut valgrind)
                .with_context(|| format!("what memcheck reported is in {}", log.display()))
        },
    )
}
