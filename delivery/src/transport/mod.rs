//! Stand-in.
use bytes::Bytes;
use countersign::{Destination, DestinationRules};
use http::HeaderMap;
use std::time::Duration;
/// a
#[derive(Debug, Clone, Default)]
pub struct TransportSettings {}
/// a
#[derive(Debug, Clone)]
pub struct Timeouts {
    /// a
    pub connect: Duration,
    /// a
    pub first_byte: Duration,
    /// a
    pub total: Duration,
}
impl Default for Timeouts {
    fn default() -> Self {
        let s = Duration::from_secs;
        Self {
            connect: s(10),
            first_byte: s(20),
            total: s(30),
        }
    }
}
/// a
#[derive(Debug)]
pub struct Transport(reqwest::Client);
/// a
#[derive(Debug)]
pub struct Request<'a> {
    /// a
    pub destination: &'a Destination,
    /// a
    pub rules: &'a DestinationRules,
    /// a
    pub timeouts: &'a Timeouts,
    /// a
    pub headers: HeaderMap,
    /// a
    pub body: Bytes,
}
/// a
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ErrorClass {
    /// a
    Connect,
    /// a
    Forbidden,
}
impl ErrorClass {
    /// a
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Forbidden => "forbidden",
        }
    }
}
/// a
#[derive(Debug)]
pub struct Answer {
    /// a
    pub status: u16,
    /// a
    pub retry_after: Option<String>,
    /// a
    pub body: Bytes,
    /// a
    pub failure: Option<ErrorClass>,
}
/// a
#[derive(Debug)]
pub struct Failure {
    /// a
    pub class: ErrorClass,
}
/// a
#[derive(Debug)]
pub struct Attempt {
    /// a
    pub result: Result<Answer, Failure>,
}
impl Transport {
    /// a
    pub fn new(_s: TransportSettings) -> Result<Self, std::io::Error> {
        Ok(Self(reqwest::Client::builder().no_proxy().build().unwrap()))
    }
    /// a
    pub async fn attempt(&self, r: Request<'_>) -> Attempt {
        let result = async {
            let res = self
                .0
                .post(r.destination.url())
                .headers(r.headers)
                .header("content-type", "application/json")
                .body(r.body)
                .send()
                .await?;
            let status = res.status().as_u16();
            let retry_after = res
                .headers()
                .get("retry-after")
                .and_then(|v| v.to_str().ok())
                .map(str::to_owned);
            let body = res.bytes().await?;
            Ok::<_, reqwest::Error>(Answer {
                status,
                retry_after,
                body,
                failure: None,
            })
        }
        .await
        .map_err(|_| Failure {
            class: ErrorClass::Connect,
        });
        Attempt { result }
    }
}
