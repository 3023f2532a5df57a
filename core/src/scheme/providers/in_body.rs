//! Signatures, and tokens, that are a field of the body.

use super::providers;
use crate::scheme::{
    Algorithm, AnswerForm, Encoding, Handshake, KeyForm, SchemeBuilder, TimestampFormat,
};

providers! {
    "Signatures in the body";

    /// Mailgun. Its signature covers a time and a token, **not the event**: whoever reads one delivery
    /// can put another event into it while the time is fresh, unless its token is known, which is
    /// what duplicates are refused by. The key is the HTTP webhook signing key; of a subaccount its own,
    /// as the parent's signature, `parent-signature`, is not read. It tries again after 5 minutes and
    /// more, and third parties say with the first time: set a longer tolerance if such events matter
    /// more to you. The event's own time, which has a fraction, is not read; nor are the forms of
    /// inbound routes.
    ///
    /// Source: <https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks>
    /// and <https://github.com/mailgun/mailgun-go>, `webhooks.go`.
    MAILGUN [] Confirmed =>
        SchemeBuilder::new("mailgun")
            .signature_field("signature.signature")
            .content("{field:signature.timestamp}{field:signature.token}")
            .timestamp_field("signature.timestamp")
            .event_id(&["body:event-data.id"])
            .event_type(&["body:event-data.event"])
            .dedupe(&["body:signature.token"])
            .data("event-data");

    /// Adyen's standard webhooks; for those with a header see [`ADYEN_HEADER`](Self::ADYEN_HEADER). Each
    /// item is signed for itself, and **eight of its fields alone are covered**: `pspReference`,
    /// `originalReference`, `merchantAccountCode`, `merchantReference`, the amount's `value` and
    /// `currency`, `eventCode` and `success`. All else, such as `eventDate`, `reason` and
    /// `additionalData`, anyone could have written. The eight are joined by `:` without escapes: let no
    /// reference of yours hold a colon, or the signed text can be cut in two ways. The type is the
    /// `eventCode` of a delivery's one item, as Adyen sends JSON, and duplicates are told by its
    /// `pspReference` and `eventCode`, which is Adyen's own rule; of several items there is neither. A
    /// delivery has no id of its own, and its time is not signed, so that it is not read.
    ///
    /// Source:
    /// <https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures>
    /// and <https://github.com/Adyen/adyen-node-api-library>, `src/utils/hmacValidator.ts`.
    ADYEN [] Confirmed =>
        SchemeBuilder::new("adyen")
            .signature_items("notificationItems")
            .signature_field("NotificationRequestItem.additionalData.hmacSignature")
            .encoding(Encoding::Base64)
            .key(KeyForm::Hex)
            .content(concat!(
                "{field:NotificationRequestItem.pspReference}:",
                "{field:NotificationRequestItem.originalReference}:",
                "{field:NotificationRequestItem.merchantAccountCode}:",
                "{field:NotificationRequestItem.merchantReference}:",
                "{field:NotificationRequestItem.amount.value}:",
                "{field:NotificationRequestItem.amount.currency}:",
                "{field:NotificationRequestItem.eventCode}:",
                "{field:NotificationRequestItem.success}",
            ))
            .event_type(&["body:NotificationRequestItem.eventCode"])
            .dedupe(&[concat!(
                "joined:NotificationRequestItem.pspReference,",
                "NotificationRequestItem.eventCode",
            )]);

    /// Figma, whose `passcode` is what was given when the webhook was made. It proves nothing about
    /// the rest of the body.
    ///
    /// Source: <https://developers.figma.com/docs/rest-api/webhooks-security>.
    FIGMA [] Confirmed =>
        SchemeBuilder::new("figma")
            .signature_field("passcode")
            .algorithm(Algorithm::Token)
            .content("")
            .event_type(&["body:event_type"])
            .event_time(&["body:timestamp"], TimestampFormat::Rfc3339)
            .answers(AnswerForm::Described400);

    /// Unisender Go. `auth` is the MD5 of the body with the API key in its place: no MAC, and MD5 is
    /// broken. What could be added to the end of a body that was seen is refused, since that is no
    /// JSON.
    ///
    /// Source: <https://godocs.unisender.ru/web-api-ref#callback-format>, as
    /// <https://github.com/anymail/django-anymail> has it, `anymail/webhooks/unisender_go.py`.
    UNISENDER_GO ["unisender"] Unconfirmed =>
        SchemeBuilder::new("unisender-go")
            .signature_field("auth")
            .algorithm(Algorithm::PlainMd5)
            .content("{before_signature}{secret}{after_signature}")
            .event_type(&["body:event_name"])
            .handshake(Handshake::GetProbe);
}
