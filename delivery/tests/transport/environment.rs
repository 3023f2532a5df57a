//! The environment of the process changes nothing.

use std::env;
use std::process::Command;

use super::support::{OK, answer_of, answering, serve};

const NAMES: [&str; 6] = [
    "http_proxy",
    "HTTP_PROXY",
    "https_proxy",
    "HTTPS_PROXY",
    "all_proxy",
    "ALL_PROXY",
];
const CHILD: &str = "COUNTERSIGN_TEST_WITH_PROXIES";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn proxies_of_the_environment_are_not_used() {
    if env::var_os(CHILD).is_some() {
        assert!(NAMES.iter().all(|name| env::var_os(name).is_some()));
        assert_eq!(answer_of(&answering(OK).await).await.status, 200);
        return;
    }
    let proxy = serve("127.0.0.1:0", |_| async {}).await;
    let address = format!("http://127.0.0.1:{}", proxy.port);
    // The same test in a process that has these variables.
    let mut child = Command::new(env::current_exe().unwrap());
    child.args([
        "--exact",
        "environment::proxies_of_the_environment_are_not_used",
    ]);
    child
        .env(CHILD, "1")
        .env_remove("NO_PROXY")
        .env_remove("no_proxy");
    child.envs(NAMES.map(|name| (name, &address)));
    let output = tokio::task::spawn_blocking(move || child.output())
        .await
        .unwrap()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}"
    );
    proxy.stays_silent().await;
}
