//! A proxy that enforces destinations, given by name.

use std::sync::{Arc, Mutex};

use countersign_delivery::transport::{
    EnforcingProxy, ErrorClass, Transport, TransportError, TransportSettings,
};
use tokio::io::{AsyncWriteExt, copy_bidirectional};
use tokio::net::TcpStream;

use super::support::{
    Answers, Broken, OK, Server, answering, class_of, local, post, read_request, serve,
};

/// Notes what it is asked for, and connects everything to this port.
async fn proxy_to(port: u16) -> (Server, Arc<Mutex<Vec<String>>>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let kept = asked.clone();
    let server = serve("127.0.0.1:0", move |mut socket| {
        let kept = kept.clone();
        async move {
            let Some(request) = read_request(&mut socket).await else {
                return;
            };
            kept.lock().unwrap().push(request);
            socket
                .write_all(b"HTTP/1.1 200 Connected\r\n\r\n")
                .await
                .unwrap();
            let mut endpoint = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
            // Ends when either side does.
            let _ = copy_bidirectional(&mut socket, &mut endpoint).await;
        }
    })
    .await;
    (server, asked)
}

fn through(proxy: &Server, user: Option<(&str, &str)>) -> Transport {
    let address = format!("http://127.0.0.1:{}", proxy.port);
    let mut proxy = EnforcingProxy::parse(&address).unwrap();
    if let Some((name, password)) = user {
        proxy = proxy.with_credentials(name, password);
    }
    let settings = TransportSettings::new()
        .resolver(Broken { hangs: false })
        .proxy_that_enforces_destinations(proxy);
    Transport::new(settings).unwrap()
}

#[tokio::test]
async fn names_go_to_the_proxy() {
    let endpoint = answering(OK).await;
    let (proxy, asked) = proxy_to(endpoint.port).await;
    let transport = through(&proxy, Some(("user", "pass word")));
    for url in [
        "http://hooks.example.com/in",
        "http://hooks.example.com:8080/in",
    ] {
        let attempt = post(&transport, url, &local()).await;
        assert_eq!(attempt.outcome.unwrap().status, 200);
    }
    let asked = asked.lock().unwrap();
    assert!(
        asked[0].starts_with("CONNECT hooks.example.com:80 HTTP/1.1\r\n"),
        "{asked:?}"
    );
    assert!(asked[1].starts_with("CONNECT hooks.example.com:8080 HTTP/1.1\r\n"));
    let credentials = "\r\nProxy-Authorization: Basic dXNlcjpwYXNzIHdvcmQ=\r\n";
    assert!(asked.iter().all(|request| request.contains(credentials)));
}

#[tokio::test]
async fn addresses_are_judged_before_the_proxy() {
    let (proxy, _) = proxy_to(1).await;
    let transport = through(&proxy, None);
    for url in [
        "http://127.0.0.2/",
        "http://[::ffff:10.0.0.1]/",
        "http://169.254.169.254/",
    ] {
        let attempt = post(&transport, url, &local()).await;
        assert_eq!(class_of(&attempt), ErrorClass::Forbidden, "{url}");
    }
    proxy.stays_silent().await;
}

#[tokio::test]
async fn a_proxy_that_refuses_is_an_error_of_connecting() {
    for answer in [
        "HTTP/1.1 403 No\r\n\r\n",
        "HTTP/1.1 407 Who\r\n\r\n",
        "garbage\r\n\r\n",
        "",
    ] {
        let proxy = answering(answer).await;
        if answer.is_empty() {
            // Closes instead.
            let proxy = serve("127.0.0.1:0", |_| async {}).await;
            let attempt = post(&through(&proxy, None), "http://a.example/", &local()).await;
            assert_eq!(class_of(&attempt), ErrorClass::Connect);
            continue;
        }
        let attempt = post(&through(&proxy, None), "http://a.example/", &local()).await;
        assert_eq!(class_of(&attempt), ErrorClass::Connect, "{answer}");
    }
}

#[tokio::test]
async fn the_name_of_the_proxy_is_the_users_own() {
    let endpoint = answering(OK).await;
    let (proxy, _) = proxy_to(endpoint.port).await;
    let address = format!("http://proxy.internal:{}", proxy.port);
    let resolver = Answers::new(&[&["127.0.0.1"]]);
    let settings = TransportSettings::new()
        .resolver(resolver.clone())
        .proxy_that_enforces_destinations(EnforcingProxy::parse(&address).unwrap());
    let transport = Transport::new(settings).unwrap();
    let strict = countersign::DestinationRules::new().allow_http(true);
    let attempt = post(&transport, "http://hooks.example.com/", &strict).await;
    assert_eq!(attempt.outcome.unwrap().status, 200);
    assert_eq!(resolver.asked(), 1);
}

#[test]
fn a_proxy_is_a_host_and_a_port() {
    for url in [
        "",
        "proxy:3128",
        "https://proxy:3128",
        "socks5://proxy:1080",
        "http://proxy",
        "http://user:pass@proxy:3128",
        "http://proxy:3128/path",
        "http://proxy:3128?a=1",
    ] {
        let error = EnforcingProxy::parse(url).unwrap_err();
        assert_eq!(error, TransportError::MalformedProxy, "{url}");
    }
    let proxy = EnforcingProxy::parse("http://proxy:3128").unwrap();
    let shown = format!("{:?}", proxy.with_credentials("user", "secret"));
    assert!(shown.contains("proxy:3128") && !shown.contains("secret") && !shown.contains("Basic"));
}
