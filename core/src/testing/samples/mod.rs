//! The samples, by what the providers are for. Shapes and headers follow each provider's documentation;
//! every value is invented.

mod accounts;
mod commerce;
mod content;
mod development;
mod mail;
mod messaging;
mod monitoring;
mod payments;
mod platforms;
mod standard_webhooks;
mod work;

use super::Sample;

pub(super) static FAMILIES: [&[Sample]; 11] = [
    standard_webhooks::SAMPLES,
    development::SAMPLES,
    monitoring::SAMPLES,
    payments::SAMPLES,
    commerce::SAMPLES,
    messaging::SAMPLES,
    work::SAMPLES,
    content::SAMPLES,
    mail::SAMPLES,
    accounts::SAMPLES,
    platforms::SAMPLES,
];

/// For schemes that a program describes, of which the rest is made.
pub(super) static OF_NO_PROVIDER: Sample =
    Sample::new("", "example.created").id("msg_2nTq8LxPwYc5VbRk0Dm7HsJf3Ag");
