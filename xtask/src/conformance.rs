use anyhow::{Result, bail};

pub(crate) fn run() -> Result<()> {
    bail!("not written yet")
}
