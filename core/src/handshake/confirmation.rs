//! The URLs at which Amazon SNS confirms subscriptions.

/// The longest that is taken; Amazon's are half as long.
const MAX_LENGTH: usize = 2_048;

/// Whether this is a URL of Amazon SNS, by the rule of Amazon's own libraries:
/// `https://sns.<region>.amazonaws.com/` or `.com.cn/`, without a port or user.
pub(crate) fn is_confirmation_url(url: &str) -> bool {
    let region_of = |url| {
        let (host, _) = str::strip_prefix(url, "https://sns.")?.split_once('/')?;
        let host = host.strip_suffix(".cn").unwrap_or(host);
        host.strip_suffix(".amazonaws.com")
    };
    let is_region = |region: &str| {
        let is_of_region = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        region.len() >= 3 && region.bytes().all(is_of_region)
    };
    url.len() <= MAX_LENGTH
        && url.bytes().all(|byte| byte.is_ascii_graphic())
        && region_of(url).is_some_and(is_region)
}
