//! The core does what every case of the corpus expects.

#[test]
fn the_core_agrees_with_the_corpus() -> anyhow::Result<()> {
    let report = countersign_tests::runner::run()?;
    assert!(
        report.differences.is_empty(),
        "{}",
        report.differences.join("\n")
    );
    Ok(())
}
