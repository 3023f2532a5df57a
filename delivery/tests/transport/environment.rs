//! What the environment of the process changes, and what not.

use std::env;
use std::process::Command;

use countersign_delivery::transport::{Transport, TransportSettings};

use super::support::{OK, answer_of, answering, serve};

const NAMES: [&str; 6] = [
    "http_proxy",
    "HTTP_PROXY",
    "https_proxy",
    "HTTPS_PROXY",
    "all_proxy",
    "ALL_PROXY",
];
const CHILD: &str = "COUNTERSIGN_TEST_RUNS_AGAIN";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn proxies_of_the_environment_are_not_used() {
    if env::var_os(CHILD).is_some() {
        assert!(NAMES.iter().all(|name| env::var_os(name).is_some()));
        assert_eq!(answer_of(&answering(OK).await).await.status, 200);
        return;
    }
    let proxy = serve("127.0.0.1:0", |_| async {}).await;
    let address = format!("http://127.0.0.1:{}", proxy.port);
    run_again(
        "environment::proxies_of_the_environment_are_not_used",
        NAMES.map(|name| (name, &address[..])),
    )
    .await;
    proxy.stays_silent().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn authorities_of_the_environment_that_are_none_are_not_replaced() {
    if env::var_os(CHILD).is_some() {
        let error = Transport::new(TransportSettings::new()).unwrap_err();
        assert!(error.to_string().contains("SSL_CERT_FILE"), "{error}");
        return;
    }
    run_again(
        "environment::authorities_of_the_environment_that_are_none_are_not_replaced",
        [
            ("SSL_CERT_FILE", "/nowhere/roots.pem"),
            ("SSL_CERT_DIR", "/nowhere"),
        ],
    )
    .await;
}

/// The same test in a process that has these variables.
async fn run_again<const N: usize>(test: &str, variables: [(&str, &str); N]) {
    let mut child = Command::new(env::current_exe().unwrap());
    child
        .args(["--exact", test])
        .env(CHILD, "1")
        .envs(variables);
    child.env_remove("NO_PROXY").env_remove("no_proxy");
    let output = tokio::task::spawn_blocking(move || child.output())
        .await
        .unwrap()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}"
    );
}
