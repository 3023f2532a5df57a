//! Shows that the time of signing and verifying does not depend on the key: under valgrind's
//! memcheck with the key marked undefined, no branch and no address may depend on it.
//!
//! Run by `cargo xtask constant-time`. What must be found is tried as well: comparisons and
//! encoders as they are often written must be reported, or else the method proves nothing here.
//!
//! Memcheck's processor has no SHA instructions, so this runs the portable code; the instructions
//! themselves take the same time for all data.

mod controls;
mod memcheck;
mod subject;

use std::ops::RangeInclusive;
use std::process::ExitCode;

/// A piece of code, and how many reports memcheck must give of it.
struct Case {
    name: String,
    code: Box<dyn Fn()>,
    reports: RangeInclusive<usize>,
}

fn main() -> ExitCode {
    if !memcheck::is_running() {
        eprintln!("this program must run under valgrind; use `cargo xtask constant-time`");
        return ExitCode::FAILURE;
    }
    let cases = [subject::cases(), subject::secrets(), controls::cases()];
    let mut wrong = 0;
    for case in cases.into_iter().flatten() {
        let before = memcheck::count_errors();
        (case.code)();
        let reports = memcheck::count_errors() - before;
        let verdict = if case.reports.contains(&reports) {
            "ok"
        } else {
            wrong += 1;
            "WRONG"
        };
        println!("{verdict:<5} {reports:>3} reports  {}", case.name);
    }
    if wrong > 0 {
        eprintln!("{wrong} cases have more or fewer reports than they must");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
