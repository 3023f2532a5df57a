//! Who may see the status page.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use hmac::block_api::HmacCore;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::error::MonitorError;
use crate::mac::{keyed, tag};
use crate::time::{UnixTime, parse_digits};

/// How long a session lasts, in seconds.
const LIFETIME: u64 = 12 * 3_600;
const SHORTEST_TOKEN: usize = 16;
const COOKIE: &str = "countersign_session";

/// Checks the token, and sessions that were begun with it.
///
/// A session is a text that proves itself by a MAC under a key that is derived from the token:
/// processes that share the token share sessions, nothing is kept, and another token ends them all.
#[derive(Clone)]
pub(super) struct Sessions {
    token: Zeroizing<Vec<u8>>,
    key: HmacCore<Sha256>,
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sessions(..)")
    }
}

impl Sessions {
    pub(super) fn new(token: &str) -> Result<Self, MonitorError> {
        if token.chars().count() < SHORTEST_TOKEN {
            return Err(MonitorError::ShortToken);
        }
        if token.starts_with(' ') || token.ends_with(' ') || !is_printable(token) {
            return Err(MonitorError::MalformedToken);
        }
        let states: HmacCore<Sha256> = keyed(token.as_bytes());
        let derived = tag(states, [&b"countersign status session"[..]].into_iter());
        let derived = Zeroizing::new(derived);
        Ok(Self {
            token: Zeroizing::new(token.into()),
            key: keyed(&derived[..32]),
        })
    }

    /// Whether this is the token.
    pub(super) fn is_token(&self, given: &[u8]) -> bool {
        given.ct_eq(&self.token).into()
    }

    /// A new session.
    pub(super) fn begin(&self, now: UnixTime, entropy: [u8; 16]) -> String {
        let mut session = now.seconds().saturating_add(LIFETIME).to_string();
        session.push('.');
        session.push_str(&base16ct::lower::encode_string(&entropy));
        let mac = self.sign("session", session.as_bytes());
        session.push('.');
        session.push_str(&mac);
        session
    }

    /// The session among the cookies, if one is valid.
    pub(super) fn find<'a>(&self, cookies: &'a [u8], now: UnixTime) -> Option<&'a [u8]> {
        cookies.split(|byte| *byte == b';').find_map(|cookie| {
            let cookie = trim_spaces(cookie);
            let session = cookie.strip_prefix(COOKIE.as_bytes())?.strip_prefix(b"=")?;
            self.is_valid(session, now).then_some(session)
        })
    }

    /// What a form of this session must hold to prove that our page made it.
    pub(super) fn csrf(&self, session: &[u8]) -> String {
        self.sign("csrf", session)
    }

    /// Whether this is [`csrf`](Self::csrf) of the session.
    pub(super) fn is_csrf(&self, session: &[u8], given: &[u8]) -> bool {
        given.ct_eq(self.csrf(session).as_bytes()).into()
    }

    fn is_valid(&self, session: &[u8], now: UnixTime) -> bool {
        let Some(at) = session.iter().rposition(|byte| *byte == b'.') else {
            return false;
        };
        let (name, given) = (&session[..at], &session[at + 1..]);
        if !bool::from(given.ct_eq(self.sign("session", name).as_bytes())) {
            return false;
        }
        let end = name
            .split(|byte| *byte == b'.')
            .next()
            .and_then(parse_digits);
        end.is_some_and(|end| UnixTime::from_seconds(end) > now)
    }

    /// A MAC in hexadecimal.
    fn sign(&self, purpose: &str, text: &[u8]) -> String {
        let parts = [purpose.as_bytes(), b"\0", text];
        base16ct::lower::encode_string(&tag(self.key.clone(), parts.into_iter())[..32])
    }
}

/// The value of `Set-Cookie`.
///
/// It names no path, so that the browser takes that of the request, which is the folder of
/// `login`: the status page itself, under whatever prefix a proxy shows it.
pub(super) fn cookie(session: &str, secure: bool) -> String {
    let lifetime = LIFETIME.to_string();
    let end = if secure { "; Secure" } else { "" };
    let flags = "; HttpOnly; SameSite=Strict";
    [COOKIE, "=", session, "; Max-Age=", &lifetime, flags, end].concat()
}

/// The token that this value of `Authorization` carries; `None` for other schemes, such as that of
/// a proxy in front which asks for a password of its own.
pub(super) fn bearer_token(authorization: &[u8]) -> Option<&[u8]> {
    let space = authorization.iter().position(|byte| *byte == b' ');
    let (scheme, given) = authorization.split_at(space.unwrap_or(authorization.len()));
    scheme
        .eq_ignore_ascii_case(b"bearer")
        .then(|| trim_spaces(given))
}

fn trim_spaces(mut text: &[u8]) -> &[u8] {
    while let [b' ', rest @ ..] | [rest @ .., b' '] = text {
        text = rest;
    }
    text
}

/// Whether nobody would write any of its characters as an escape. What could not be decoded is
/// none of them: many forms of it read the same.
fn is_printable(token: &str) -> bool {
    // Behind a letter, since a combining character is escaped at the beginning. Quotes are escaped
    // and can be printed.
    let mut text = Zeroizing::new(String::with_capacity(token.len() + 1));
    text.push('x');
    text.extend(
        token
            .chars()
            .filter(|character| !matches!(character, '"' | '\'' | '\\')),
    );
    !text.contains('\u{fffd}') && text.escape_debug().eq(text.chars())
}
