//! The figures of a soak.

use super::load::Outcome;
use super::memory::Memory;

const MIB: f64 = 1024.0 * 1024.0;

pub(super) fn print(name: &str, outcome: &Outcome) {
    let tally = &outcome.tally;
    let mut latencies = tally.latencies.clone();
    latencies.sort_unstable();
    let requests = latencies.len();
    let quantile = |share: f64| {
        let at = (requests as f64 * share) as usize;
        let latency = latencies.get(at.min(requests.saturating_sub(1)));
        format!("{:.1} ms", f64::from(latency.copied().unwrap_or(0)) / 1e3)
    };
    let seconds = outcome.time.as_secs_f64();
    let rows = [
        ("requests", format!("{requests} in {seconds:.0} s")),
        ("per second", format!("{:.0}", requests as f64 / seconds)),
        ("p50, p99", [0.5, 0.99].map(quantile).join(", ")),
        ("callers", outcome.callers.to_string()),
        ("resent", tally.resent.to_string()),
        ("handled", outcome.handled.to_string()),
        ("handled again", outcome.repeated.to_string()),
        ("lost", outcome.lost.to_string()),
        ("wrong verdicts", tally.wrong.len().to_string()),
    ];
    println!("\n    {name}");
    for (what, figure) in rows {
        println!("    {what:<24}{figure}");
    }
    if let Some(course) = outcome.memory.as_ref().and_then(Memory::course) {
        let course = course.map(|bytes| format!("{:.1}", bytes as f64 / MIB));
        println!(
            "    {:<24}{} MiB",
            "memory at 1/4, 1/2, 1",
            course.join(", ")
        );
    }
    for ((status, said), count) in &tally.verdicts {
        println!("    {status} {said:<24}{count:>10}");
    }
    for text in tally.wrong.iter().take(10) {
        println!("    wrong: {text}");
    }
}
