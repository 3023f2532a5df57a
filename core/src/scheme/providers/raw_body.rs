//! Keyed hashes over the body alone.

use super::providers;
use crate::scheme::{
    Algorithm, AnswerForm, Encoding, Handshake, HeaderNames, KeyForm, PayloadForm, Required,
    SchemeBuilder, TimestampFormat,
};
use crate::time::Tolerance;

static FURTHER_OF_DOCUSIGN: [&str; 15] = [
    "x-docusign-signature-2",
    "x-docusign-signature-3",
    "x-docusign-signature-4",
    "x-docusign-signature-5",
    "x-docusign-signature-6",
    "x-docusign-signature-7",
    "x-docusign-signature-8",
    "x-docusign-signature-9",
    "x-docusign-signature-10",
    "x-docusign-signature-11",
    "x-docusign-signature-12",
    "x-docusign-signature-13",
    "x-docusign-signature-14",
    "x-docusign-signature-15",
    "x-docusign-signature-16",
];

providers! {
    "Keyed hashes over the body alone";

    /// GitHub.
    ///
    /// Source: <https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries>.
    GITHUB ["github-enterprise"] Confirmed =>
        SchemeBuilder::new("github")
            .headers(&[HeaderNames::new("x-hub-signature-256")])
            .prefix("sha256=")
            .payload(PayloadForm::JsonOrForm)
            .event_id(&["header:x-github-delivery"])
            .event_type(&["header:x-github-event"]);

    /// Shopify: webhooks, and Events, whose headers have no `x-`.
    ///
    /// Source: <https://shopify.dev/docs/apps/build/webhooks/subscribe/https>,
    /// <https://shopify.dev/docs/apps/build/events/verify-deliveries> and
    /// <https://github.com/Shopify/shopify-app-js>, `packages/apps/shopify-api/lib/types.ts`.
    SHOPIFY [] Confirmed =>
        SchemeBuilder::new("shopify")
            .headers(&[
                HeaderNames::new("x-shopify-hmac-sha256"),
                HeaderNames::new("shopify-hmac-sha256"),
            ])
            .encoding(Encoding::Base64)
            .event_id(&["header:x-shopify-webhook-id", "header:shopify-webhook-id"])
            .event_type(&["header:x-shopify-topic", "header:shopify-topic"])
            .event_time(
                &["header:x-shopify-triggered-at", "header:shopify-triggered-at"],
                TimestampFormat::Rfc3339,
            );

    /// Meta: Facebook, Instagram, Messenger and WhatsApp. The key is the app secret; the verify token
    /// serves the handshake alone, see [`Webhook::with_verify_token`](crate::Webhook::with_verify_token).
    ///
    /// A notification has no identity: one request carries up to a thousand changes.
    ///
    /// Source: <https://developers.facebook.com/docs/graph-api/webhooks/getting-started>.
    META ["facebook", "instagram", "messenger", "threads", "whatsapp"] Confirmed =>
        SchemeBuilder::new("meta")
            .headers(&[HeaderNames::new("x-hub-signature-256")])
            .prefix("sha256=")
            .event_type(&["body:object"])
            .handshake(Handshake::MetaVerification);

    /// The plain scheme of many homes: `X-Webhook-Signature: sha256=<hex>` over the body.
    ///
    /// The id in the body is signed and the one in the header is not, so the body's comes first.
    SHA256 [] Confirmed =>
        SchemeBuilder::new("sha256")
            .headers(&[HeaderNames::new("x-webhook-signature")])
            .prefix("sha256=")
            .event_id(&["body:id", "header:x-webhook-event-id"])
            .event_type(&["body:type"])
            .event_time(&["body:timestamp"], TimestampFormat::Seconds)
            .required(&[Required::Type])
            .data("data");

    /// Bitbucket Cloud, Server and Data Center. The header has no `-256` in its name.
    ///
    /// Source: Atlassian's "Manage webhooks" and "Event payload", as others quote them.
    BITBUCKET ["bitbucket-cloud", "bitbucket-data-center", "bitbucket-server"] Unconfirmed =>
        SchemeBuilder::new("bitbucket")
            .headers(&[HeaderNames::new("x-hub-signature")])
            .prefix("sha256=")
            .event_id(&["header:x-request-uuid", "header:x-request-id"])
            .event_type(&["header:x-event-key"]);

    /// Jira, the webhooks that an administrator makes with a secret. Those of apps carry a JWT
    /// instead.
    ///
    /// Source: Atlassian's "Secure admin webhooks", as others quote it.
    JIRA ["jira-cloud"] Unconfirmed =>
        SchemeBuilder::new("jira")
            .headers(&[HeaderNames::new("x-hub-signature")])
            .prefix("sha256=")
            .event_id(&["header:x-atlassian-webhook-identifier"])
            .event_type(&["body:webhookEvent"])
            .event_time(&["body:timestamp"], TimestampFormat::Milliseconds);

    /// Intercom. The key is the client secret of the app.
    ///
    /// Source: <https://developers.intercom.com/docs/webhooks>.
    INTERCOM [] Confirmed =>
        SchemeBuilder::new("intercom")
            .headers(&[HeaderNames::new("x-hub-signature")])
            .prefix("sha1=")
            .algorithm(Algorithm::HmacSha1)
            .event_id(&["body:id"])
            .event_type(&["body:topic"])
            .event_time(&["body:created_at"], TimestampFormat::Seconds)
            .data("data")
            .handshake(Handshake::HeadProbe);

    /// Notion. The key is the verification token, which comes in the first request: until then pass a
    /// secret of your own. Without the program's consent that request is refused.
    ///
    /// Source: <https://github.com/makenotion/notion-sdk-js>, `src/webhooks.ts`.
    NOTION [] Confirmed =>
        SchemeBuilder::new("notion")
            .headers(&[HeaderNames::new("x-notion-signature")])
            .prefix("sha256=")
            .event_id(&["body:id"])
            .event_type(&["body:type"])
            .event_time(&["body:timestamp"], TimestampFormat::Rfc3339)
            .handshake(Handshake::NotionVerificationToken);

    /// WooCommerce. The key is the secret after `wp_specialchars_decode`: pass `&` for `&amp;`. Its
    /// deliveries have no identity. The ping when a webhook is first saved is not signed, and refused.
    ///
    /// Source: <https://github.com/woocommerce/woocommerce>, `includes/class-wc-webhook.php`.
    WOOCOMMERCE [] Confirmed =>
        SchemeBuilder::new("woocommerce")
            .headers(&[HeaderNames::new("x-wc-webhook-signature")])
            .encoding(Encoding::Base64)
            .payload(PayloadForm::JsonBatch)
            .event_type(&["header:x-wc-webhook-topic"]);

    /// LINE. A delivery has several events, or none, and no identity.
    ///
    /// Source: <https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature>.
    LINE [] Confirmed =>
        SchemeBuilder::new("line")
            .headers(&[HeaderNames::new("x-line-signature")])
            .encoding(Encoding::Base64);

    /// Xero. A delivery has several events, or none, and no identity. Its "intent to receive" are
    /// deliveries without events, some signed wrongly on purpose, which want 200 or 401 without a body.
    ///
    /// Source: <https://github.com/XeroAPI/XeroWebhooksReceiver>.
    XERO [] Confirmed =>
        SchemeBuilder::new("xero")
            .headers(&[HeaderNames::new("x-xero-signature")])
            .encoding(Encoding::Base64)
            .answers(AnswerForm::Empty);

    /// Typeform.
    ///
    /// Source: <https://www.typeform.com/developers/webhooks/secure-your-webhooks/>.
    TYPEFORM [] Confirmed =>
        SchemeBuilder::new("typeform")
            .headers(&[HeaderNames::new("typeform-signature")])
            .prefix("sha256=")
            .encoding(Encoding::Base64)
            .event_id(&["body:event_id"])
            .event_type(&["body:event_type"])
            .event_time(&["body:form_response.submitted_at"], TimestampFormat::Rfc3339);

    /// Docusign Connect: a header for each active key, of which the first sixteen are read.
    ///
    /// Source: <https://developers.docusign.com/docs/platform/webhooks/connect/validate>.
    DOCUSIGN ["docusign-connect"] Confirmed =>
        SchemeBuilder::new("docusign")
            .headers(&[HeaderNames::new("x-docusign-signature-1")])
            .further_signatures(&FURTHER_OF_DOCUSIGN)
            .encoding(Encoding::Base64)
            .event_type(&["body:event"])
            .event_time(&["body:generatedDateTime"], TimestampFormat::Rfc3339)
            .data("data");

    /// Sentry. The time in its header is not signed, nor is the id, which is the request's: a delivery
    /// that is tried again has another.
    ///
    /// Source: <https://github.com/getsentry/sentry>,
    /// `src/sentry/sentry_apps/models/sentry_app.py`.
    SENTRY [] Confirmed =>
        SchemeBuilder::new("sentry")
            .headers(&[
                HeaderNames::new("sentry-hook-signature"),
                HeaderNames::new("sentry-app-signature"),
            ])
            .event_id(&["header:request-id"])
            .event_type(&["header:sentry-hook-resource"])
            .event_time(&["header:sentry-hook-timestamp"], TimestampFormat::Seconds)
            .data("data");

    /// Linear. The time is in the body; that of the header is not signed and not looked at.
    ///
    /// The name of the header of its id is unconfirmed.
    ///
    /// Source: <https://github.com/linear/linear>, `packages/sdk/src/webhooks/client.ts`.
    LINEAR [] Confirmed =>
        SchemeBuilder::new("linear")
            .headers(&[HeaderNames::new("linear-signature")])
            .timestamp_field("webhookTimestamp")
            .timestamp_format(TimestampFormat::Milliseconds)
            .tolerance(Tolerance::new(60))
            .event_id(&["header:linear-delivery"])
            .event_type(&["body:type"])
            .event_time(&["body:createdAt"], TimestampFormat::Rfc3339)
            .data("data");

    /// Razorpay. After a secret is replaced, what is tried again is signed by the old one.
    ///
    /// Source: <https://razorpay.com/docs/webhooks/validate-test/>.
    RAZORPAY [] Confirmed =>
        SchemeBuilder::new("razorpay")
            .headers(&[HeaderNames::new("x-razorpay-signature")])
            .event_id(&["header:x-razorpay-event-id"])
            .event_type(&["body:event"])
            .event_time(&["body:created_at"], TimestampFormat::Seconds)
            .data("payload");

    /// Paystack. The key is the API's secret key. Its deliveries have no identity.
    ///
    /// Source: <https://github.com/PaystackOSS/doc-code-snippets>.
    PAYSTACK [] Confirmed =>
        SchemeBuilder::new("paystack")
            .headers(&[HeaderNames::new("x-paystack-signature")])
            .algorithm(Algorithm::HmacSha512)
            .event_type(&["body:event"])
            .data("data");

    /// Coinbase Commerce.
    ///
    /// Source: <https://github.com/coinbase/coinbase-commerce-node>, `lib/Webhook.js`.
    COINBASE_COMMERCE [] Confirmed =>
        SchemeBuilder::new("coinbase-commerce")
            .headers(&[HeaderNames::new("x-cc-webhook-signature")])
            .event_id(&["body:event.id"])
            .event_type(&["body:event.type"])
            .event_time(&["body:event.created_at"], TimestampFormat::Rfc3339)
            .data("event.data");

    /// Dropbox. It tells that something has changed, and no more.
    ///
    /// Source: <https://github.com/dropbox/mdwebhook>.
    DROPBOX [] Confirmed =>
        SchemeBuilder::new("dropbox")
            .headers(&[HeaderNames::new("x-dropbox-signature")])
            .handshake(Handshake::DropboxChallenge);

    /// PagerDuty, webhooks of version 3.
    ///
    /// Source: <https://github.com/PagerDuty/go-pagerduty>, `webhookv3`.
    PAGERDUTY [] Confirmed =>
        SchemeBuilder::new("pagerduty")
            .headers(&[HeaderNames::new("x-pagerduty-signature")])
            .prefix("v1=")
            .separator(',')
            .event_id(&["body:event.id"])
            .event_type(&["body:event.event_type"])
            .event_time(&["body:event.occurred_at"], TimestampFormat::Rfc3339)
            .data("event.data");

    /// CircleCI.
    ///
    /// Source: <https://github.com/circleci/circleci-docs>, `outbound-webhooks.adoc`.
    CIRCLECI [] Confirmed =>
        SchemeBuilder::new("circleci")
            .headers(&[HeaderNames::new("circleci-signature")])
            .prefix("v1=")
            .separator(',')
            .event_id(&["body:id"])
            .event_type(&["body:type"])
            .event_time(&["body:happened_at"], TimestampFormat::Rfc3339);

    /// Vercel.
    ///
    /// Source: third parties, which agree.
    VERCEL [] Unconfirmed =>
        SchemeBuilder::new("vercel")
            .headers(&[HeaderNames::new("x-vercel-signature")])
            .algorithm(Algorithm::HmacSha1)
            .event_id(&["body:id"])
            .event_type(&["body:type"])
            .event_time(&["body:createdAt"], TimestampFormat::Milliseconds)
            .data("payload");

    /// Asana. The key is the text of `X-Hook-Secret`, which comes in the handshake: until then pass a
    /// secret of your own. Without the program's consent the handshake is refused.
    ///
    /// Source: <https://developers.asana.com/docs/webhooks-guide>.
    ASANA [] Confirmed =>
        SchemeBuilder::new("asana")
            .headers(&[HeaderNames::new("x-hook-signature")])
            .handshake(Handshake::AsanaHookSecret);

    /// LaunchDarkly.
    ///
    /// Source: <https://launchdarkly.com/docs/api/webhooks>.
    LAUNCHDARKLY [] Confirmed =>
        SchemeBuilder::new("launchdarkly")
            .headers(&[HeaderNames::new("x-ld-signature")])
            .event_id(&["body:_id"])
            .event_type(&["body:kind"])
            .event_time(&["body:date"], TimestampFormat::Milliseconds);

    /// Lemon Squeezy. Its deliveries have no identity.
    ///
    /// Source: <https://github.com/lmsqueezy/laravel>, `VerifyWebhookSignature.php`.
    LEMON_SQUEEZY ["lemonsqueezy"] Confirmed =>
        SchemeBuilder::new("lemon-squeezy")
            .headers(&[HeaderNames::new("x-signature")])
            .event_type(&["body:meta.event_name"])
            .event_time(&["body:data.attributes.updated_at"], TimestampFormat::Rfc3339)
            .data("data");

    /// Cal.com. Without a secret it sends a header that is no signature. Its deliveries have no
    /// identity.
    ///
    /// Source: <https://github.com/calcom/cal.com>,
    /// `packages/features/webhooks/lib/sendPayload.ts`.
    CAL_COM ["calcom"] Confirmed =>
        SchemeBuilder::new("cal-com")
            .headers(&[HeaderNames::new("x-cal-signature-256")])
            .payload(PayloadForm::JsonOrForm)
            .event_type(&["body:triggerEvent"])
            .event_time(&["body:createdAt"], TimestampFormat::Rfc3339)
            .data("payload");

    /// Attio. A delivery has several events.
    ///
    /// Source: <https://docs.attio.com/rest-api/how-to/webhooks>.
    ATTIO [] Confirmed =>
        SchemeBuilder::new("attio")
            .headers(&[HeaderNames::new("attio-signature"), HeaderNames::new("x-attio-signature")])
            .event_id(&["header:idempotency-key"]);

    /// Checkr. The key is the account's secret API key.
    ///
    /// Source: third parties, which agree.
    CHECKR [] Unconfirmed =>
        SchemeBuilder::new("checkr")
            .headers(&[HeaderNames::new("x-checkr-signature")])
            .event_id(&["body:id"])
            .event_type(&["body:type"])
            .event_time(&["body:created_at"], TimestampFormat::Rfc3339)
            .data("data");

    /// MailerSend. The name of the header is that of third parties, which agree; the library's own
    /// page has `x-mailersend-signature`. The ping before a webhook is saved
    /// is signed by a public secret, and is answered as a handshake.
    ///
    /// Source: <https://github.com/mailersend/mailersend-nodejs>,
    /// `src/services/mailersend.utils.ts`.
    MAILERSEND [] Unconfirmed =>
        SchemeBuilder::new("mailersend")
            .headers(&[HeaderNames::new("signature")])
            .event_id(&["body:data.id"])
            .event_type(&["body:type"])
            .event_time(&["body:created_at"], TimestampFormat::Rfc3339)
            .data("data")
            .handshake(Handshake::MailersendTest);

    /// Doppler. Its deliveries have no identity.
    ///
    /// Source: <https://docs.doppler.com/docs/webhooks>; the header as third parties have it.
    DOPPLER [] Unconfirmed =>
        SchemeBuilder::new("doppler")
            .headers(&[HeaderNames::new("x-doppler-signature")])
            .prefix("sha256=")
            .payload(PayloadForm::JsonBatch)
            .event_type(&["body:type"]);

    /// Cursor's cloud agents.
    ///
    /// Source: <https://cursor.com/docs/cloud-agent/api/webhooks>.
    CURSOR [] Confirmed =>
        SchemeBuilder::new("cursor")
            .headers(&[HeaderNames::new("x-webhook-signature")])
            .prefix("sha256=")
            .event_id(&["header:x-webhook-id"])
            .event_type(&["body:event"])
            .event_time(&["body:timestamp"], TimestampFormat::Rfc3339);

    /// Adyen, webhooks that are signed in a header: of the balance platform, management and others.
    /// The key is hexadecimal.
    ///
    /// Source:
    /// <https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures>.
    ADYEN_HEADER [] Confirmed =>
        SchemeBuilder::new("adyen-header")
            .headers(&[HeaderNames::new("hmacsignature")])
            .encoding(Encoding::Base64)
            .key(KeyForm::Hex)
            .event_type(&["body:type"])
            .data("data");

    /// Grafana Alerting, without a header for the time, as it is if nothing is set. Its deliveries
    /// have no identity.
    ///
    /// Source: <https://github.com/grafana/alerting>, `http/hmac.go`.
    GRAFANA ["grafana-alerting"] Confirmed =>
        SchemeBuilder::new("grafana")
            .headers(&[HeaderNames::new("x-grafana-alerting-signature")])
            .event_type(&["body:status"]);
}
