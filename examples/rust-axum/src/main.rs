//! Runs the receiver; see README.md.

use std::env;
use std::error::Error;
use std::net::SocketAddr;
use std::process::ExitCode;

use countersign_example_axum::{Settings, register, router, with_status};
use countersign_tower::monitor::{Monitor, StatusService};
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
    let mut receiver = register(settings.receiver()?)?;
    let mut status = None;
    if let Some(token) = settings.status_token {
        let monitor = Monitor::new();
        receiver = monitor.watch(receiver, "/webhooks")?;
        let page = StatusService::new(monitor, &token, "/webhooks/status");
        status = Some(page.map_err(|error| format!("COUNTERSIGN_STATUS_TOKEN: {error}"))?);
    }
    let mut routes = router(receiver, settings.events_token);
    if let Some(status) = status {
        routes = with_status(routes, &status);
    }
    let address = env::var("COUNTERSIGN_ADDRESS").unwrap_or_else(|_| "127.0.0.1:8000".to_owned());

    let listener = TcpListener::bind(&address).await?;
    println!("listening on http://{}/webhooks", listener.local_addr()?);
    // The addresses of callers, for the guards.
    let service = routes.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).await?;
    Ok(())
}
