//! Serves the end-to-end corpus behind axum: `countersign-receiver-axum tests/vectors/receive.json`.
//!
//! Each case has a receiver at `/{id}`, and at `/{id}/-/handled` the list of what its handlers did.

mod case;
mod handlers;
mod store;

use std::fs;
use std::net::SocketAddr;

use anyhow::{Context, Result};
use axum::routing::get;
use axum::{Json, Router};
use tokio::net::TcpListener;

use case::Corpus;
use handlers::Handled;

#[tokio::main]
async fn main() -> Result<()> {
    let path = std::env::args().nth(1).context("which file of cases?")?;
    let corpus = fs::read(&path).with_context(|| path.clone())?;
    let corpus: Corpus = serde_json::from_slice(&corpus).context(path)?;
    let mut router = Router::new();
    for case in corpus.cases {
        let handled = Handled::default();
        let taken = handled.clone();
        let receiver = case.receiver.build(&handled);
        let receiver = receiver.with_context(|| case.id.clone())?;
        router = router
            .route_service(&format!("/{}", case.id), receiver.into_service())
            .route(
                &format!("/{}/-/handled", case.id),
                // DELETE takes what it lists, so that the list stays short.
                get(async move || Json(handled.list())).delete(async move || Json(taken.take())),
            );
    }
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on http://{}", listener.local_addr()?);
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).await?;
    Ok(())
}
