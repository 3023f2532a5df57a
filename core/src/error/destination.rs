use super::DeliveryError;

/// What is wrong with a URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum UrlDefect {
    /// It is empty.
    Empty,
    /// It is longer than [`MAX_URL_LENGTH`](crate::MAX_URL_LENGTH).
    TooLong,
    /// It holds a space, a control character or one outside of ASCII.
    Character,
    /// It holds `\`, which some parsers take for `/`.
    Backslash,
    /// It does not begin with `https://` or `http://`.
    Scheme,
    /// It has a part after `#`.
    Fragment,
    /// It has a user name or a password.
    UserInformation,
    /// It has no host.
    NoHost,
    /// Its host has a percent-escape.
    EscapedHost,
    /// Its host ends with a dot.
    FinalDot,
    /// Its host is no name that DNS has.
    HostName,
    /// Its host ends with a number and is no IPv4 address of four decimal numbers.
    NumericHost,
    /// Its host has brackets or several colons, and is no IPv6 address in brackets.
    Ipv6,
    /// Its port is none.
    Port,
}

/// Why addresses may not be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ForbiddenReason {
    /// The host has no address.
    NoAddress,
    /// An address is private, loopback or otherwise special.
    NotPublic,
    /// An address is that of a cloud's metadata service.
    Metadata,
}

impl UrlDefect {
    pub(super) fn message(self) -> &'static str {
        match self {
            Self::Empty => "the URL is empty; is the setting that holds it set?",
            Self::TooLong => "the URL is longer than 2048 bytes",
            Self::Character => {
                "the URL holds a space, a control character or one outside of ASCII; host \
                 names in other scripts are written in punycode (xn--), other characters as \
                 percent-escapes"
            }
            Self::Backslash => {
                "the URL holds a backslash, which parsers read differently; write / or %5C"
            }
            Self::Scheme => "the URL does not begin with https:// and a host",
            Self::Fragment => {
                "the URL has a fragment, which is never sent; write %23 if # is meant"
            }
            Self::UserInformation => {
                "the URL has a user name or password before the host; \
                 if @ is part of the path, is the / before the path missing?"
            }
            Self::NoHost => "the URL has no host",
            Self::EscapedHost => {
                "the URL's host has a percent-escape; write the characters themselves, \
                 names in other scripts in punycode (xn--)"
            }
            Self::FinalDot => "the URL's host ends with a dot; leave it out",
            Self::HostName => {
                "the URL's host is not labels of 1 to 63 letters, digits, - or _ with single \
                 dots between them, 253 characters in all"
            }
            Self::NumericHost => {
                "the URL's host ends with a number and is not an IPv4 address of four decimal \
                 numbers; other forms of addresses are not taken"
            }
            Self::Ipv6 => {
                "the URL's host is not an IPv6 address in brackets, without a zone, such as \
                 [2606:4700::1111]"
            }
            Self::Port => "the URL's port is not a number from 1 to 65535 without leading zeros",
        }
    }
}

impl ForbiddenReason {
    pub(super) fn message(self) -> &'static str {
        match self {
            Self::NoAddress => "the URL's host has no address",
            Self::NotPublic => {
                "the URL leads to a private, loopback or otherwise special address; \
                 if that is meant, allow its network"
            }
            Self::Metadata => {
                "the URL leads to the metadata service of a cloud; \
                 only an entry of this very address allows it, no wider network"
            }
        }
    }
}

impl From<UrlDefect> for DeliveryError {
    fn from(defect: UrlDefect) -> Self {
        Self::MalformedUrl(defect)
    }
}

impl From<ForbiddenReason> for DeliveryError {
    fn from(reason: ForbiddenReason) -> Self {
        Self::ForbiddenDestination(reason)
    }
}
