//! What is sent, and the answer that must come back.

use anyhow::{Context, Result, bail};
use countersign::{Error, Request, Scheme, Secret, UnixTime, Webhook};

/// The time of every receiver and delivery: what is judged are verdicts, not clocks.
pub(super) const NOW: UnixTime = UnixTime::from_seconds(1_700_000_000);
/// As while a rotation lasts.
pub(super) const SECRETS: [&str; 2] = ["the secret, new and long", "the secret before it"];
pub(super) const BODY_LIMIT: usize = 4096;

const LONG_AGO: UnixTime = UnixTime::from_seconds(1_699_990_000);
const SIGNATURE: &str = "Stripe-Signature";

/// The status, and the code of a refusal or what became of the event.
pub(super) type Verdict = (u16, &'static str);

pub(super) const HANDLED: Verdict = (200, "handled");
pub(super) const DUPLICATE: Verdict = (200, "duplicate");
pub(super) const IN_PROGRESS: Verdict = (409, "event_in_progress");
pub(super) const FAILED: Verdict = (500, "handler_failed");
pub(super) const IGNORED: Verdict = (200, "ignored");
pub(super) const LIMITED: Verdict = (429, "rate_limited");

/// A request without its path and its caller, which are added when it is sent.
pub(super) struct Outgoing {
    method: &'static str,
    /// Header lines, each with its end.
    headers: String,
    /// As it goes over the wire.
    body: Vec<u8>,
    pub(super) expected: Verdict,
}

impl Outgoing {
    pub(super) fn to_bytes(&self, path: &str, caller: std::net::Ipv4Addr) -> Vec<u8> {
        let Self {
            method, headers, ..
        } = self;
        let head = format!(
            "{method} /{path} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: {caller}\r\n{headers}\r\n"
        );
        [head.as_bytes(), &self.body].concat()
    }
}

/// Signs and breaks deliveries.
pub(super) struct Traffic {
    /// One for each secret, which it signs by.
    senders: [Webhook; 2],
    receiver: Webhook,
    pub(super) ignored: Outgoing,
    /// Whatever must be refused, and changes nothing.
    pub(super) refused: Vec<Outgoing>,
}

impl Traffic {
    pub(super) fn new() -> Result<Self> {
        let [new, old] = SECRETS;
        let senders = [webhook(&[new])?, webhook(&[old])?];
        let event = br#"{"id":"evt_ignored","type":"unheard.of"}"#;
        let ignored = plain(&sign(&senders[0], NOW, event)?, event, IGNORED);
        let mut traffic = Self {
            senders,
            receiver: webhook(&SECRETS)?,
            ignored,
            refused: Vec::new(),
        };
        traffic.refused = [traffic.forged()?, traffic.malformed()?, traffic.guarded()?]
            .into_iter()
            .flatten()
            .collect();
        Ok(traffic)
    }

    /// An event of its own, whose handler succeeds.
    pub(super) fn good(&self, number: u64) -> Result<Outgoing> {
        self.event(number, "payment.succeeded", HANDLED)
    }

    /// An event of its own, whose handler fails.
    pub(super) fn failing(&self, number: u64) -> Result<Outgoing> {
        self.event(number, "order.failing", FAILED)
    }

    fn event(&self, number: u64, event_type: &str, expected: Verdict) -> Result<Outgoing> {
        let body = format!(
            r#"{{"id":"evt_{number}","type":"{event_type}","created":1700000000,"data":{{"amount":{number}}}}}"#
        );
        let sender = &self.senders[usize::from(number % 4 == 3)];
        let signature = sign(sender, NOW, body.as_bytes())?;
        Ok(plain(&signature, body.as_bytes(), expected))
    }

    /// What is well-formed and not authentic.
    fn forged(&self) -> Result<Vec<Outgoing>> {
        let [sender, _] = &self.senders;
        let event = br#"{"id":"evt_forged","type":"payment.succeeded","data":{"amount":1000}}"#;
        let tampered = br#"{"id":"evt_forged","type":"payment.succeeded","data":{"amount":9000}}"#;
        let stranger = webhook(&["the secret of somebody else"])?;
        let sound = sign(sender, NOW, event)?;
        Ok(vec![
            self.predicted(&sound, tampered)?,
            self.predicted(&sound, &event[..event.len() - 1])?,
            self.predicted(&sign(&stranger, NOW, event)?, event)?,
            self.predicted(&sign(sender, LONG_AGO, event)?, event)?,
            self.predicted(&sound.replace("t=1700000000", "t=1700000001"), event)?,
        ])
    }

    /// Headers and payloads that are not as they must be.
    fn malformed(&self) -> Result<Vec<Outgoing>> {
        let [sender, _] = &self.senders;
        let event = br#"{"id":"evt_malformed","type":"payment.succeeded","data":{}}"#;
        let sound = sign(sender, NOW, event)?;
        let mut refused = vec![self.predicted_without_signature(event)?];
        for signature in [
            String::new(),
            "t=1700000000".to_owned(),
            sound.replace("t=1700000000", "t=17e8"),
            sound.replace("t=", "time="),
            sound[..sound.len() - 1].to_owned(),
            sound.replace("v1=", "v1=z"),
            sound.replace(',', ";"),
        ] {
            refused.push(self.predicted(&signature, event)?);
        }
        for body in [&b"{"[..], b"[]", b"\xff", br#"{"id":"evt_5","type":5}"#] {
            refused.push(self.predicted(&sign(sender, NOW, body)?, body)?);
        }
        Ok(refused)
    }

    /// Authentic deliveries that guards refuse.
    fn guarded(&self) -> Result<Vec<Outgoing>> {
        let [sender, _] = &self.senders;
        let event = br#"{"id":"evt_guarded","type":"payment.succeeded","data":{}}"#;
        let signature = sign(sender, NOW, event)?;
        let sound = |code| plain(&signature, event, refusal(code));
        let mut method = sound("method_not_allowed");
        method.method = "PUT";
        let mut media_type = sound("unsupported_media_type");
        media_type.headers = media_type.headers.replace("application/json", "text/plain");
        let mut encoding = sound("unsupported_media_type");
        encoding.headers += "Content-Encoding: gzip\r\n";

        let without_data = br#"{"id":"evt_schema","type":"payment.succeeded"}"#;
        let signed = sign(sender, NOW, without_data)?;
        let schema = plain(&signed, without_data, refusal("schema_mismatch"));

        let large = vec![b' '; 2 * BODY_LIMIT];
        let signed = sign(sender, NOW, &large)?;
        let declared = || plain(&signed, &large, refusal("payload_too_large"));
        let chunked = || Outgoing {
            headers: format!("{}Transfer-Encoding: chunked\r\n", of_json(&signed)),
            body: chunks(&large),
            ..declared()
        };
        Ok(vec![
            method,
            media_type,
            encoding,
            schema,
            declared(),
            chunked(),
            declared(),
            chunked(),
        ])
    }

    /// A delivery with the refusal that the core has for it.
    fn predicted(&self, signature: &str, body: &[u8]) -> Result<Outgoing> {
        let verdict = self.refusal_of(&[(SIGNATURE, signature)], body)?;
        Ok(plain(signature, body, verdict))
    }

    fn predicted_without_signature(&self, body: &[u8]) -> Result<Outgoing> {
        let mut unsigned = plain("", body, self.refusal_of(&[], body)?);
        unsigned.headers = unsigned.headers.replace(&format!("{SIGNATURE}: \r\n"), "");
        Ok(unsigned)
    }

    fn refusal_of(&self, headers: &[(&str, &str)], body: &[u8]) -> Result<Verdict> {
        let request = Request::new(headers, body);
        let verified = self.receiver.verify(&request, NOW).map_err(Error::from);
        match verified.and_then(|verified| verified.event().map(drop).map_err(Error::from)) {
            Ok(()) => bail!("the core accepts what must be refused"),
            Err(error) => Ok((error.status(), error.code())),
        }
    }
}

fn webhook(secrets: &[&str]) -> Result<Webhook> {
    let secrets = secrets.iter().map(|text| Secret::parse(text));
    let secrets: Vec<_> = secrets.collect::<Result<_, _>>()?;
    Ok(Webhook::new(Scheme::STRIPE, secrets)?)
}

/// The value of the signature header.
fn sign(webhook: &Webhook, at: UnixTime, body: &[u8]) -> Result<String> {
    let headers = webhook.sign(None, at, body)?;
    let (_, value) = headers.into_iter().next().context("nothing was signed")?;
    Ok(value)
}

fn refusal(code: &'static str) -> Verdict {
    (Error::status_of(code), code)
}

fn plain(signature: &str, body: &[u8], expected: Verdict) -> Outgoing {
    let length = body.len();
    Outgoing {
        method: "POST",
        headers: format!("{}Content-Length: {length}\r\n", of_json(signature)),
        body: body.to_owned(),
        expected,
    }
}

fn of_json(signature: &str) -> String {
    format!("Content-Type: application/json\r\n{SIGNATURE}: {signature}\r\n")
}

fn chunks(body: &[u8]) -> Vec<u8> {
    let mut written = Vec::new();
    for piece in body.chunks(body.len() / 3 + 1) {
        written.extend(format!("{:x}\r\n", piece.len()).into_bytes());
        written.extend([piece, b"\r\n"].concat());
    }
    written.extend(b"0\r\n\r\n");
    written
}
