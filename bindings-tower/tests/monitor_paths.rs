//! The paths of the status page behind axum, and all others.
#![cfg(all(feature = "axum", feature = "monitor"))]

mod common;
mod pages;

use axum::Router;
use axum::body::Body;
use countersign_tower::monitor::Monitor;
use http::Request;
use pages::{BEARER, PATH, TOKEN, page};
use tower::ServiceExt;

const SPELLINGS: [&str; 29] = [
    "//webhooks/status",
    "///webhooks/status/data",
    "//webhooks//status",
    "/webhooks/status/",
    "/webhooks/status/data/",
    "/webhooks/status//data",
    "/webhooks//status",
    "/webhooks/./status",
    "/webhooks/x/../status",
    "/webhooks/x/%2e%2e/status",
    "/webhooks%2fstatus",
    "/webhooks/%73tatus",
    "/webhooks/status/%64ata",
    "/webhooks/status%00",
    "/webhooks/status/data%00.css",
    "/webhooks/status%20",
    "/webhooks/status%2f",
    "/webhooks/status%3Fdata",
    "/webhooks/status;x",
    "/webhooks;x/status/data",
    "/webhooks/status/data;x=1",
    "/webhooks/status/data.json",
    "/webhooks/Status",
    "/webhooks/status/DATA",
    "/webhooks/status/data/data",
    "/webhooks/statu%CF%82",
    "/x/webhooks/status",
    "/status",
    "/",
];

/// As the documentation says.
fn routed() -> Router {
    let status = page(Monitor::new());
    status
        .paths()
        .into_iter()
        .fold(Router::new(), |router, path| {
            router.route_service(&path, status.clone())
        })
}

async fn status_of(router: &Router, method: &str, target: &str) -> u16 {
    let request = Request::builder().method(method).uri(target);
    let request = request.header(BEARER.0, BEARER.1).body(Body::empty());
    let response = router.clone().oneshot(request.unwrap()).await.unwrap();
    response.status().as_u16()
}

#[tokio::test]
async fn each_path_has_one_spelling() {
    // At worst, a router gives the page everything.
    let caught = Router::new().fallback_service(page(Monitor::new()));
    for (router, prefix) in [
        (routed(), ""),
        (caught.clone(), ""),
        (Router::new().nest("/internal", routed()), "/internal"),
        (Router::new().nest("/internal", caught), "/internal"),
    ] {
        for target in ["", "/data", "/metrics", "/data?x=%2f", "?token=x"] {
            let target = format!("{prefix}{PATH}{target}");
            assert_eq!(status_of(&router, "GET", &target).await, 200, "{target}");
        }
        for spelling in SPELLINGS {
            let target = format!("{prefix}{spelling}");
            for method in ["GET", "POST"] {
                assert_eq!(status_of(&router, method, &target).await, 404, "{target}");
            }
        }
    }
}

#[tokio::test]
async fn what_a_router_makes_of_other_spellings_is_not_found() {
    for sent in [
        "/%73tatus",
        "/webhooks//status/data",
        "/webhooks/%2e/status",
    ] {
        let request = Request::get(format!("{PATH}/data"))
            .header(BEARER.0, BEARER.1)
            .extension(axum::extract::OriginalUri(sent.parse().unwrap()))
            .body(Body::empty());
        let response = page(Monitor::new())
            .oneshot(request.unwrap())
            .await
            .unwrap();
        assert_eq!(response.status(), 404, "{sent}");
    }
}

#[tokio::test]
async fn a_query_is_no_token() {
    let target = format!("{PATH}?token={}", TOKEN.replace(' ', "+"));
    let request = Request::get(target).body(Body::empty()).unwrap();
    let response = routed().oneshot(request).await.unwrap();
    assert_eq!(response.status(), 401);
}
