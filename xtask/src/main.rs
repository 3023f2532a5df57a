//! The project's own commands: `cargo xtask <command>`.

mod bare_metal;
mod bench;
mod bench_sending;
mod conformance;
mod constant_time;
mod demo;
mod examples;
mod fuzz;
mod interoperability;
mod npm;
mod npm_bundle;
mod npm_size;
mod python;
mod readme;
mod receivers;
mod schemes;
mod sdk_checks;
mod server;
mod soak;
mod test;
mod tools;
mod wasm;
mod wheel;

use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
usage: cargo xtask <command>

  demo          build the packages, deliver webhooks to the examples, compare all verdicts; send
                to them through an outbox, with failures and a kill, and count
  example       run an example, or its tests: flask-app, fastapi-app, django-app, python-sender,
                node-express, node-fastify, worker, worker-sender, rust-axum
  test          everything that must hold, as CI runs it; or only the parts named
  conformance   the corpus in every language and runtime
  schemes       write docs/schemes.md, the page of all schemes
  sdk-checks    judge random requests beside the providers' own libraries, write
                docs/cross-checks.md
  receivers     the end-to-end corpus behind every server, over HTTP
  soak          load servers with requests of every kind, account for each
  wasm          build the WebAssembly module
  npm           pack the npm package
  fallback      the same by Debian's toolchain, and the corpus on it
  wheel         build the Python wheel and sdist
  constant-time sign and verify under valgrind with a key that it does not know
  fuzz          fuzz the parsers, each for half a minute
  bench         measure against the peers, write benches/RESULTS.md
  bench-sending measure senders against each other, write benches/SENDING.md
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<()> {
    let command = arguments.first().map_or("", String::as_str);
    match command {
        "" | "help" | "--help" => {
            print!("{USAGE}");
            Ok(())
        }
        "bench" => bench::run(),
        "bench-sending" => bench_sending::run(),
        "conformance" => conformance::run(),
        "constant-time" => constant_time::run(),
        "demo" => demo::run(),
        "example" => examples::run(&arguments[1..]),
        "fallback" => npm::try_fallback(),
        "fuzz" => fuzz::run(&arguments[1..]),
        "npm" => npm::run(),
        "receivers" => receivers::run(),
        "schemes" => schemes::write(),
        "sdk-checks" => sdk_checks::run(&arguments[1..]),
        "soak" => soak::run(&arguments[1..]),
        "test" => test::run(&arguments[1..]),
        "wasm" => wasm::run(),
        "wheel" => wheel::run(),
        unknown => bail!("there is no command {unknown}\n\n{USAGE}"),
    }
}
