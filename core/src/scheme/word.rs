//! The words of a description that come from a fixed set.

use crate::error::{ConfigurationError, SchemeDefect};

/// Declares an enum whose variants have one textual form each, the same in every language.
macro_rules! words {
    (
        $(#[$doc:meta])* $name:ident, $key:literal, $words:literal;
        $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
        }

        impl $name {
            /// The variant of this word, as descriptions in JSON, Python and JavaScript write it.
            ///
            /// # Errors
            /// `malformed_scheme` with the words there are.
            pub fn named(word: &str) -> Result<Self, ConfigurationError> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(ConfigurationError::MalformedScheme(SchemeDefect::Word {
                        key: $key,
                        words: $words,
                    })),
                }
            }

            /// The word of the variant.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }
    };
}

words! {
    /// The keyed hash that signs.
    Algorithm, "algorithm",
    "hmac-sha256, hmac-sha1, hmac-sha512, plain-sha256, plain-md5, token, ed25519, \
     ecdsa-p256-sha256, rsa-pkcs1-sha256, jws";
    /// HMAC (RFC 2104) with SHA-256: tags of 32 bytes.
    HmacSha256 = "hmac-sha256",
    /// HMAC with SHA-1: tags of 20 bytes. Still sound as a MAC; for providers that use it.
    HmacSha1 = "hmac-sha1",
    /// HMAC with SHA-512: tags of 64 bytes.
    HmacSha512 = "hmac-sha512",
    /// Plain SHA-256 over content that holds the secret: no MAC, and weaker than one where the secret
    /// comes first. For providers that use it.
    PlainSha256 = "plain-sha256",
    /// Plain MD5 over content that holds the secret: weaker still, since MD5 is broken. For providers
    /// that use it.
    PlainMd5 = "plain-md5",
    /// No signature: what is sent is the secret itself. It proves nothing about the body.
    Token = "token",
    /// Ed25519 (RFC 8032): signatures of 64 bytes, verified with a public key.
    Ed25519 = "ed25519",
    /// ECDSA on P-256 with SHA-256 (FIPS 186-5), in DER.
    EcdsaP256Sha256 = "ecdsa-p256-sha256",
    /// RSA with PKCS#1 v1.5 and SHA-256 (RFC 8017 section 8.2), with a key of 2048 to 4096 bits.
    RsaPkcs1Sha256 = "rsa-pkcs1-sha256",
    /// A JSON Web Signature (RFC 7515) that holds the digest of the body. Of registered schemes only.
    Jws = "jws",
}

words! {
    /// How a signature is written in its header.
    Encoding, "encoding", "hex, hex-upper, hex-any-case, base64, base64url";
    /// Hexadecimal in lower case.
    Hex = "hex",
    /// Hexadecimal in upper case.
    HexUpper = "hex-upper",
    /// Hexadecimal in any case; signed in lower case.
    HexAnyCase = "hex-any-case",
    /// Canonical padded standard base64 (RFC 4648 section 4).
    Base64 = "base64",
    /// Canonical base64url without padding (RFC 4648 section 5).
    Base64Url = "base64url",
}

words! {
    /// How the text of a secret gives the bytes of its key.
    KeyForm, "key", "text, base64, hex, base64-or-text, base64-and-text, public-key, public-key-or-text, identity";
    /// The UTF-8 bytes of the text.
    Text = "text",
    /// Standard base64, padded or unpadded.
    Base64 = "base64",
    /// Hexadecimal in any case.
    Hex = "hex",
    /// Standard base64 after the secret prefix; a secret without the prefix is its text.
    Base64OrText = "base64-or-text",
    /// The text, and, if it is standard base64 after the secret prefix, that as well: two keys, of
    /// which either fits and the second signs. For providers that have changed from one to the other.
    Base64AndText = "base64-and-text",
    /// A public key: PEM, base64 of its DER, a JWK or a set of them (RFC 7517); of Ed25519 also its 32
    /// bytes in hexadecimal or base64, `whpk_` with their base64, or `whsk_` with that of a pair.
    PublicKey = "public-key",
    /// A public key in PEM, as JWK or with its prefix, or else the text of a shared secret.
    PublicKeyOrText = "public-key-or-text",
    /// No key, but whose requests are taken, such as the ARN of a topic: the key is fetched. Of
    /// registered schemes only.
    Identity = "identity",
}

words! {
    /// How a time is written.
    TimestampFormat, "timestamp_format", "seconds, milliseconds, rfc3339, seconds-or-rfc3339";
    /// Whole seconds since 1970, in ASCII digits.
    Seconds = "seconds",
    /// Whole milliseconds since 1970, in ASCII digits.
    Milliseconds = "milliseconds",
    /// RFC 3339, as `2026-11-24T12:00:00Z`.
    Rfc3339 = "rfc3339",
    /// Either of whole seconds and RFC 3339; written in seconds.
    SecondsOrRfc3339 = "seconds-or-rfc3339",
}

words! {
    /// What a payload is.
    PayloadForm, "payload", "json, json-batch, form, json-or-form";
    /// A JSON object.
    Json = "json",
    /// A JSON object, or an array of events, of which id, type and time are not read.
    JsonBatch = "json-batch",
    /// `application/x-www-form-urlencoded`.
    Form = "form",
    /// Either: text that begins with `{` or `[` is JSON.
    JsonOrForm = "json-or-form",
}

words! {
    /// In which form a URL is signed.
    UrlForm, "url_form", "as-given, either-port, partly-decoded";
    /// As the caller passes it.
    AsGiven = "as-given",
    /// As it is passed, or with the port of its scheme where it has none and without its port where it
    /// has one. So Twilio's own libraries take it.
    EitherPort = "either-port",
    /// As it is passed, or with the characters decoded that HubSpot decodes.
    PartlyDecoded = "partly-decoded",
}

words! {
    /// A field that every event of a scheme has.
    Required, "required", "id, type";
    /// The event's id.
    Id = "id",
    /// The event's type.
    Type = "type",
}

words! {
    /// How a provider makes sure of the endpoint before it delivers.
    ///
    /// Whatever is not signed anybody can send; what that gets them stands with each.
    Handshake, "handshake", "slack-url-verification, meta-verification, zoom-url-validation, \
        twitch-callback-verification, discord-ping, sns-confirmation, dropbox-challenge, \
        okta-verification, asana-hook-secret, notion-verification-token, mailersend-test, \
        head-probe, get-probe";
    /// A signed event of the type `url_verification`, whose `challenge` is sent back.
    ///
    /// Source: <https://api.slack.com/events/url_verification>.
    SlackUrlVerification = "slack-url-verification",
    /// A GET with a verify token and a challenge in its query. Who knows the token gets an echo.
    ///
    /// Source: <https://developers.facebook.com/docs/graph-api/webhooks/getting-started>.
    MetaVerification = "meta-verification",
    /// A signed event of the type `endpoint.url_validation`, whose `payload.plainToken` is sent back
    /// with its HMAC-SHA-256 by the secret that fitted. So the secret signs what the provider chose,
    /// which none but the provider can make it do.
    ///
    /// Source: <https://developers.zoom.us/changelog/platform/webhook-url-validation.md>.
    ZoomUrlValidation = "zoom-url-validation",
    /// A signed body whose `challenge` is sent back, where the header
    /// `twitch-eventsub-message-type` is `webhook_callback_verification`. The header is not signed:
    /// who replays a delivery under it gets no more than the challenge in its body.
    ///
    /// Source: <https://dev.twitch.tv/docs/eventsub/handling-webhook-events>.
    TwitchCallbackVerification = "twitch-callback-verification",
    /// A signed body whose `type` is 1, of an interaction (one with an `event` is no interaction), or
    /// 0, of webhook events.
    ///
    /// Source: <https://docs.discord.com/developers/interactions/overview>.
    DiscordPing = "discord-ping",
    /// A signed body whose `Type` is `SubscriptionConfirmation`, with the URL that makes the
    /// subscription. Amazon signs it for whoever owns a topic, so the program must agree. An
    /// `UnsubscribeConfirmation` is an event, since its URL would subscribe again.
    ///
    /// Source: <https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html>.
    SnsConfirmation = "sns-confirmation",
    /// A GET whose query has a `challenge`. Anybody gets an echo of visible ASCII, as plain text.
    ///
    /// Source: <https://www.dropbox.com/developers/reference/webhooks>.
    DropboxChallenge = "dropbox-challenge",
    /// A GET with a challenge in the header `x-okta-verification-challenge`, and with the token of
    /// deliveries. Who knows the token gets an echo; other sites cannot have a browser send it.
    ///
    /// Source: <https://developer.okta.com/docs/concepts/event-hooks/>.
    OktaVerification = "okta-verification",
    /// A POST without a signature whose header `x-hook-secret` is the secret of later deliveries.
    /// Anybody can send it and would then be believed, so the program must agree.
    ///
    /// Source: <https://github.com/Asana/openapi>, `defs/asana_oas.yaml`.
    AsanaHookSecret = "asana-hook-secret",
    /// A POST without a signature whose `verification_token` is the secret of later deliveries.
    /// Anybody can send it and would then be believed, so the program must agree.
    ///
    /// Source: <https://developers.notion.com/reference/webhooks>.
    NotionVerificationToken = "notion-verification-token",
    /// A POST whose `type` is `webhook.test`, before a webhook is saved. Its signature, HMAC-SHA-256 in
    /// hexadecimal, is by a secret that MailerSend tells everybody and that opens nothing else: it is
    /// answered without a body, and never an event. Anybody learns that something is there.
    ///
    /// Source: <https://developers.mailersend.com/api/v1/webhooks.html>, as
    /// <https://github.com/symfony/mailer-send-mailer>, `Webhook/MailerSendRequestParser.php`, has it.
    MailersendTest = "mailersend-test",
    /// A HEAD, answered without a body. Anybody learns that something is there.
    ///
    /// Source: <https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/>.
    HeadProbe = "head-probe",
    /// A GET, answered without a body. Anybody learns that something is there.
    ///
    /// Source: <https://godocs.unisender.ru/web-api-ref#webhook>.
    GetProbe = "get-probe",
}

words! {
    /// How a receiver answers the provider.
    AnswerForm, "answers", "described, empty, described-400";
    /// In JSON that says what became of the request. A wrong signature is 401.
    Described = "described",
    /// With the status alone, for providers that want no body.
    Empty = "empty",
    /// In JSON, and where others are answered 401 it is 400.
    Described400 = "described-400",
}

impl Handshake {
    /// The method that it comes with.
    pub(crate) const fn method(self) -> &'static str {
        match self {
            Self::MetaVerification
            | Self::DropboxChallenge
            | Self::OktaVerification
            | Self::GetProbe => "GET",
            Self::HeadProbe => "HEAD",
            _ => "POST",
        }
    }

    /// Whether it comes as a signed event.
    pub(crate) const fn is_signed(self) -> bool {
        matches!(
            self,
            Self::SlackUrlVerification
                | Self::ZoomUrlValidation
                | Self::TwitchCallbackVerification
                | Self::DiscordPing
                | Self::SnsConfirmation
        )
    }

    /// The header that is read of one that is not signed.
    pub(crate) const fn header(self) -> Option<&'static str> {
        match self {
            Self::OktaVerification => Some("x-okta-verification-challenge"),
            Self::AsanaHookSecret => Some("x-hook-secret"),
            _ => None,
        }
    }

    /// What is read of an event, and of a body without a signature.
    pub(crate) const fn sources(self) -> &'static [&'static str] {
        match self {
            Self::SlackUrlVerification => &["body:challenge"],
            Self::ZoomUrlValidation => &["body:payload.plainToken"],
            Self::TwitchCallbackVerification => {
                &["header:twitch-eventsub-message-type", "body:challenge"]
            }
            Self::DiscordPing => &["body:type", "body:event"],
            Self::SnsConfirmation => &["body:Type", "body:SubscribeURL", "body:TopicArn"],
            Self::NotionVerificationToken => &["body:verification_token"],
            Self::MailersendTest => &["body:type"],
            _ => &[],
        }
    }
}

impl Algorithm {
    /// The length of a signature in bytes; of a token, that of its digest, by which it is compared; 0
    /// where it varies.
    pub const fn tag_length(self) -> usize {
        match self {
            Self::EcdsaP256Sha256 | Self::RsaPkcs1Sha256 | Self::Jws => 0,
            Self::Ed25519 => 64,
            Self::HmacSha256 | Self::PlainSha256 | Self::Token => 32,
            Self::HmacSha1 => 20,
            Self::PlainMd5 => 16,
            Self::HmacSha512 => 64,
        }
    }
}

impl Algorithm {
    /// Whether it verifies with public keys.
    pub(crate) const fn is_asymmetric(self) -> bool {
        matches!(
            self,
            Self::Ed25519 | Self::EcdsaP256Sha256 | Self::RsaPkcs1Sha256 | Self::Jws
        )
    }

    /// The length of what is sent as a signature; 0 of a token, which has any, `None` where it varies.
    pub(crate) fn signature_length(self) -> Option<usize> {
        match self {
            Self::Token => Some(0),
            algorithm => Some(algorithm.tag_length()).filter(|length| *length > 0),
        }
    }
}

impl Encoding {
    pub(crate) fn phrase(self) -> &'static str {
        match self {
            Self::Hex => "lower-case hexadecimal",
            Self::HexUpper => "upper-case hexadecimal",
            Self::HexAnyCase => "hexadecimal",
            Self::Base64 => "base64",
            Self::Base64Url => "unpadded base64url",
        }
    }
}

impl TimestampFormat {
    pub(crate) fn phrase(self) -> &'static str {
        match self {
            Self::Seconds => "a Unix time in whole seconds",
            Self::Milliseconds => "a Unix time in whole milliseconds",
            Self::Rfc3339 => "an RFC 3339 time",
            Self::SecondsOrRfc3339 => "a Unix time in whole seconds or an RFC 3339 time",
        }
    }
}
