//! The paths of the status page, and what is answered there.

use countersign::monitor::{Attached, Monitor, StatusAnswer, Step, judged_path};

use super::{BEARER, NOW, answer, ask, ask_at, header, page, status};

#[test]
fn each_path_has_one_spelling_and_one_method() {
    let page = page();
    let methods = [
        ("", "GET"),
        ("/data", "GET"),
        ("/metrics", "GET"),
        ("/replay", "POST"),
        ("/replay-delivery", "POST"),
        ("/login", "POST"),
    ];
    let paths: Vec<_> = methods
        .iter()
        .map(|(below, _)| format!("/webhooks/status{below}"))
        .collect();
    assert_eq!(page.paths(), paths);
    for (below, allowed) in methods {
        let path = format!("/webhooks/status{below}");
        for method in ["GET", "HEAD", "POST", "PUT", "OPTIONS", "get"] {
            assert_eq!(
                page.wants_body(method, &path),
                method == "POST" && allowed == "POST"
            );
            if method != allowed {
                let refused = answer(ask(&page, method, below, &[BEARER], b""));
                assert_eq!(
                    (refused.status(), header(&refused, "allow")),
                    (405, Some(allowed))
                );
            }
        }
    }
    for path in [
        "/webhooks/status/",
        "/webhooks/status//data",
        "/webhooks//status",
        "/webhooks/Status",
        "/webhooks/status;x",
        "/webhooks/status/data/data",
        "/webhooks/statusdata",
        "/status",
        "/",
        "",
        "/webhooks/./status",
        "/webhooks/status/../status",
        "/webhooks/%73tatus",
        "/webhooks\\status",
    ] {
        assert_eq!(
            status(ask_at(NOW, &page, "GET", path, &[BEARER], b"")),
            404,
            "{path}"
        );
    }
}

#[test]
fn other_spellings_are_judged_as_they_were_sent() {
    let path = "/webhooks/status";
    for (sent, judged) in [
        ("", path),
        ("/webhooks/status?x=//%61", path),
        ("/mounted/webhooks/status", path),
        ("http://host/webhooks/status", path),
        ("/webhooks/%73tatus?x", "/webhooks/%73tatus"),
        ("//webhooks/status", "//webhooks/status"),
        ("/webhooks//status", "/webhooks//status"),
        ("/x://webhooks/status", "/x://webhooks/status"),
        (
            "http://host//webhooks/status",
            "http://host//webhooks/status",
        ),
        (
            "http://host/webhooks/%73tatus",
            "http://host/webhooks/%73tatus",
        ),
    ] {
        assert_eq!(judged_path(sent, path), judged);
    }
}

#[test]
fn what_became_of_a_replay_is_answered() {
    let replayed = StatusAnswer::replayed(7, Some(true));
    assert_eq!(
        (replayed.status(), replayed.body()),
        (200, r#"{"replayed": 7}"#)
    );
    let log = replayed.log().unwrap();
    assert_eq!(
        (log.to_string(), log.is_warning()),
        ("dead letter 7 is replayed".into(), false)
    );
    let delivery = StatusAnswer::delivery_replayed(7, Some(true));
    assert_eq!(delivery.body(), replayed.body());
    let log = delivery.log().unwrap();
    assert_eq!(log.to_string(), "dead letter 7 of the outbox is replayed");
    for (outcome, status) in [(Some(false), 404), (None, 503)] {
        for refused in [
            StatusAnswer::replayed(7, outcome),
            StatusAnswer::delivery_replayed(7, outcome),
        ] {
            assert_eq!((refused.status(), refused.log()), (status, None));
        }
    }
}

#[test]
fn data_hold_the_value_of_the_session() {
    let monitor = Monitor::new(NOW);
    let data = |csrf| StatusAnswer::data(&monitor, Attached::default(), NOW, 7, csrf);
    assert!(
        data(Some("abc"))
            .body()
            .ends_with(r#""outbox": null, "csrf": "abc"}"#)
    );
    assert!(data(None).body().ends_with(r#", "csrf": null}"#));
    assert_eq!(
        header(&data(None), "content-type"),
        Some("application/json")
    );
    let step = ask(&page(), "GET", "/data", &[BEARER], b"");
    assert!(matches!(step, Step::Data { csrf: None }));
}

#[test]
fn pages_run_under_their_own_policy_alone() {
    let page = page();
    let shown = answer(ask(&page, "GET", "", &[BEARER], b""));
    let policy = header(&shown, "content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; img-src data:; style-src 'sha256-"));
    assert!(policy.contains("; script-src 'sha256-"));
    assert!(policy.ends_with("; connect-src 'self'; require-trusted-types-for 'script'"));
    // Browsers hash a script after they made its line ends so.
    assert!(!shown.body().contains('\r'));
    for once in ["<style>", "<script>", "</style>", "</script>"] {
        assert_eq!(shown.body().matches(once).count(), 1);
    }
    let form = answer(ask(&page, "GET", "", &[], b""));
    let policy = header(&form, "content-security-policy").unwrap();
    assert!(policy.ends_with("'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"));
    for answer in [shown, form, answer(ask(&page, "PUT", "", &[], b""))] {
        for (name, value) in [
            ("cache-control", "no-store"),
            ("cross-origin-resource-policy", "same-origin"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
        ] {
            assert_eq!(header(&answer, name), Some(value));
        }
    }
}
