//! Runs the receiver; see README.md.

use std::convert::Infallible;
use std::env;
use std::error::Error;
use std::process::ExitCode;

use countersign_example_axum::{Settings, router};
use countersign_tower::{ReceivedEvent, Receiver};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .init();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("cannot start: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let settings = Settings::from_environment()?;
    let receiver = Receiver::new(settings.webhook)
        .on("payment.succeeded", payment_succeeded)?
        .on("payment.failed", payment_failed)?;
    let address = env::var("COUNTERSIGN_ADDRESS").unwrap_or_else(|_| "127.0.0.1:8000".to_owned());

    let listener = TcpListener::bind(&address).await?;
    println!("listening on http://{}/webhooks", listener.local_addr()?);
    axum::serve(listener, router(receiver, settings.events_token)).await?;
    Ok(())
}

async fn payment_succeeded(event: ReceivedEvent) -> Result<(), Infallible> {
    tracing::info!(id = event.id(), "a payment succeeded");
    Ok(())
}

async fn payment_failed(event: ReceivedEvent) -> Result<(), Infallible> {
    tracing::info!(id = event.id(), "a payment failed");
    Ok(())
}
