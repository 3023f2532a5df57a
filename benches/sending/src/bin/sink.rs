//! A receiver that does as little as it can: it answers 204, counts, and notes how old each message
//! is by the `at` of its data, in Unix nanoseconds. It prints its port; `GET` tells what came.

use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[derive(Default)]
struct Seen {
    count: usize,
    ages: Vec<u64>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?.port());
    let seen = Arc::new(Mutex::new(Seen::default()));
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(serve(stream, seen.clone()));
    }
}

async fn serve(mut stream: TcpStream, seen: Arc<Mutex<Seen>>) -> Option<()> {
    let mut buffer = Vec::with_capacity(16_384);
    loop {
        while let Some((head, end)) = request(&buffer) {
            let answer = match head {
                true => report(&mut *seen.lock().ok()?),
                false => {
                    note(&mut *seen.lock().ok()?, &buffer[..end]);
                    "HTTP/1.1 204 No Content\r\n\r\n".to_owned()
                }
            };
            stream.write_all(answer.as_bytes()).await.ok()?;
            buffer.drain(..end);
        }
        if stream.read_buf(&mut buffer).await.ok()? == 0 {
            return None;
        }
    }
}

/// Whether it is a `GET`, and its end.
fn request(buffer: &[u8]) -> Option<(bool, usize)> {
    let head = find(buffer, b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&buffer[..head]).ok()?;
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse::<usize>().ok())?
    });
    let end = head + length.unwrap_or(0);
    (buffer.len() >= end).then_some((text.starts_with("GET"), end))
}

fn note(seen: &mut Seen, request: &[u8]) {
    seen.count += 1;
    let Some(at) = find(request, b"\"at\":") else {
        return;
    };
    let digits = request[at + 5..].iter().skip_while(|byte| **byte == b' ');
    let digits: Vec<u8> = digits.copied().take_while(u8::is_ascii_digit).collect();
    let sent: Option<u64> = std::str::from_utf8(&digits)
        .ok()
        .and_then(|text| text.parse().ok());
    let now = SystemTime::UNIX_EPOCH
        .elapsed()
        .unwrap_or_default()
        .as_nanos() as u64;
    seen.ages.extend(sent.map(|sent| now.saturating_sub(sent)));
}

fn report(seen: &mut Seen) -> String {
    let ages = &mut seen.ages;
    ages.sort_unstable();
    let share = |part: usize| ages.get((ages.len() * part / 100).min(ages.len().saturating_sub(1)));
    let [p50, p99] = [50, 99].map(|part| share(part).copied().unwrap_or(0));
    let body = format!(
        r#"{{"count":{},"p50_ns":{p50},"p99_ns":{p99}}}"#,
        seen.count
    );
    format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn find(text: &[u8], pattern: &[u8]) -> Option<usize> {
    text.windows(pattern.len())
        .position(|window| window == pattern)
}
