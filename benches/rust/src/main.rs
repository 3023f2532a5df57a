//! Verifies the same requests with this crate and its peers, in turn, and prints JSON.

use std::hint::black_box;
use std::time::{Duration, Instant, SystemTime};

use countersign::{Request, Scheme, Secret, UnixTime, Webhook};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const SIZES: [usize; 4] = [64, 512, 4_096, 1 << 20];
const ROUNDS: usize = 60;
/// A round of one candidate takes about this long.
const ROUND: Duration = Duration::from_millis(4);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut rows = Vec::new();
    for size in SIZES {
        rows.extend(verify(size)?);
    }
    let (locate_gb_per_s, sign_min_ns) = (locate()?, sign()?);
    let result = json!({
        "language": "rust",
        "rows": rows,
        "event_gb_per_s": locate_gb_per_s,
        "sign_64_min_ns": sign_min_ns,
    });
    println!("{result:#}");
    Ok(())
}

fn verify(size: usize) -> Result<Vec<Value>, Box<dyn std::error::Error>> {
    let now = UnixTime::from(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?);
    let body = payload(size);
    let ours = Webhook::new(Scheme::STANDARD, [Secret::parse(SECRET)?])?;
    let mut headers = HeaderMap::new();
    for (name, value) in ours.sign(ID, now, &body)? {
        headers.insert(HeaderName::try_from(name)?, HeaderValue::try_from(value)?);
    }
    let standardwebhooks = standardwebhooks::Webhook::new(SECRET)?;
    let svix = svix::webhooks::Webhook::new(SECRET)?;

    let mut candidates: [(&str, Box<dyn FnMut()>); 3] = [
        (
            "ours",
            Box::new(|| {
                let request = Request::new(black_box(&headers), black_box(&body));
                black_box(ours.verify(&request, now)).expect("the request is signed");
            }),
        ),
        (
            "standardwebhooks",
            Box::new(|| {
                let verdict = standardwebhooks.verify(black_box(&body), black_box(&headers));
                black_box(verdict).expect("the request is signed");
            }),
        ),
        (
            "svix",
            Box::new(|| {
                let verdict = svix.verify(black_box(&body), black_box(&headers));
                black_box(verdict).expect("the request is signed");
            }),
        ),
    ];
    let mut times = vec![Vec::with_capacity(ROUNDS); candidates.len()];
    let calls: Vec<u32> = candidates.iter_mut().map(|(_, run)| calls_a_round(run)).collect();
    // In turn, so that what disturbs the machine disturbs all.
    for _ in 0..ROUNDS {
        for ((times, (_, run)), calls) in times.iter_mut().zip(&mut candidates).zip(&calls) {
            times.push(nanoseconds_a_call(run, *calls));
        }
    }
    let rows = times.iter_mut().zip(&candidates).map(|(times, (what, _))| {
        times.sort_by(f64::total_cmp);
        json!({
            "size": size,
            "what": what,
            "min_ns": times[0].round(),
            "median_ns": times[times.len() / 2].round(),
        })
    });
    Ok(rows.collect())
}

/// How fast the envelope of a 1 MiB payload is located, in GB/s.
fn locate() -> Result<f64, Box<dyn std::error::Error>> {
    let now = UnixTime::from_seconds(1_700_000_000);
    let items = r#"{"sku": "A-1", "price": 12.5, "tags": ["x", "y"], "note": "plain text"},"#;
    let items = items.repeat((1 << 20) / items.len());
    let body = format!(r#"{{"type": "t", "data": [{}]}}"#, items.trim_end_matches(','));
    let webhook = Webhook::new(Scheme::STANDARD, [Secret::parse(SECRET)?])?;
    let headers = webhook.sign(ID, now, body.as_bytes())?;
    let verified = webhook.verify(&Request::new(&headers, body.as_bytes()), now)?;
    let mut run = || drop(black_box(verified.event()).expect("the payload is an event"));
    let best = (0..ROUNDS)
        .map(|_| nanoseconds_a_call(&mut run, 1))
        .fold(f64::MAX, f64::min);
    Ok((body.len() as f64 / best * 100.0).round() / 100.0)
}

fn sign() -> Result<f64, Box<dyn std::error::Error>> {
    let now = UnixTime::from_seconds(1_700_000_000);
    let webhook = Webhook::new(Scheme::STANDARD, [Secret::parse(SECRET)?])?;
    let body = payload(64);
    let mut run = || drop(black_box(webhook.sign(ID, now, black_box(&body))).expect("it signs"));
    let calls = calls_a_round(&mut run);
    let best = (0..ROUNDS)
        .map(|_| nanoseconds_a_call(&mut run, calls))
        .fold(f64::MAX, f64::min);
    Ok(best.round())
}

/// A JSON object of this size: the peers parse what they verify.
fn payload(size: usize) -> Vec<u8> {
    let (head, tail) = (r#"{"type":"t","data":""#, r#""}"#);
    let filler = "a".repeat(size - head.len() - tail.len());
    format!("{head}{filler}{tail}").into_bytes()
}

fn calls_a_round(run: &mut impl FnMut()) -> u32 {
    let one = nanoseconds_a_call(run, 20);
    (ROUND.as_nanos() as f64 / one).ceil() as u32
}

fn nanoseconds_a_call(run: &mut impl FnMut(), calls: u32) -> f64 {
    let start = Instant::now();
    for _ in 0..calls {
        run();
    }
    start.elapsed().as_nanos() as f64 / f64::from(calls)
}
