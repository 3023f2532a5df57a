/** What properties are checked for: bodies, secrets, ids, times and schemes. */

import fc from "fast-check";

import { Scheme } from "countersign";

import { isLeftOut } from "../unit/helpers.mjs";

export const NOW = 1_700_000_000;

export const anyBody = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.json(),
);

/** An id that every scheme can sign. */
export const anyId = fc.stringMatching(/^[A-Za-z0-9_-]{1,40}$/);

/** From 1970 to the year 9999, to the millisecond. */
export const anyTime = fc
  .integer({ min: 0, max: 253_402_300_799_999 })
  .map((milliseconds) => milliseconds / 1000);

const keyBytes = fc.uint8Array({ minLength: 1, maxLength: 80 }).map((bytes) => Buffer.from(bytes));

const SECRETS = {
  text: fc.stringMatching(/^[!-~]([ -~]{0,40}[!-~])?$/),
  base64: keyBytes.map((bytes) => bytes.toString("base64")),
  hex: keyBytes.map((bytes) => bytes.toString("hex")),
};

const OTHER = Buffer.from("another secret altogether");

/** A secret of each form that none of the others is. */
const OTHERS = { text: String(OTHER), base64: OTHER.toString("base64"), hex: OTHER.toString("hex") };

const headerName = fc.stringMatching(/^x-[a-z0-9-]{1,20}$/);

/** A separator with prefixes that it does not end. */
const lists = fc.oneof(
  fc.record({ separator: fc.constant(null), prefix: fc.constantFrom("", "v1=", "sha256=", "v1,") }),
  fc.record({ separator: fc.constant(" "), prefix: fc.constantFrom("", "v1=", "v1,") }),
  fc.record({ separator: fc.constant(","), prefix: fc.constantFrom("", "v1=") }),
  fc.record({ separator: fc.constant(";"), prefix: fc.constantFrom("v1=", "v1,") }),
);

const literal = fc.stringMatching(/^[.:;|/ ]{1,3}$/);

/** A description that breaks no rule, with a secret of its form. */
const described = fc
  .record({
    names: fc.uniqueArray(headerName, { minLength: 3, maxLength: 3 }),
    list: lists,
    algorithm: fc.constantFrom("hmac-sha256", "hmac-sha1", "hmac-sha512"),
    encoding: fc.constantFrom("hex", "hex-upper", "hex-any-case", "base64"),
    key: fc.constantFrom("text", "base64", "hex"),
    timestampFormat: fc.constantFrom("seconds", "milliseconds", "rfc3339"),
    order: fc.shuffledSubarray(["{id}", "{timestamp}", "{method}", "{url}"]),
    literals: fc.array(literal, { minLength: 6, maxLength: 6 }),
  })
  .chain((parts) => SECRETS[parts.key].map((secret) => ({ parts, secret })))
  .map(({ parts, secret }) => {
    const { names, list, order, literals, ...same } = parts;
    const content = [...order, "{body}"].map((part, at) => part + literals[at]).join("");
    const headers = { signature: names[0] };
    if (order.includes("{id}")) {
      headers.id = names[1];
    }
    if (order.includes("{timestamp}")) {
      headers.timestamp = names[2];
    }
    const description = { name: "described", headers, content, ...list, ...same };
    const scheme = new Scheme(description);
    const anyCase = same.encoding === "hex-any-case";
    // The description is here to be printed where a property fails.
    return { scheme, secret, other: OTHERS[same.key], anyCase, description };
  });

const FAMILY = "standard svix clerk resend dodo-payments replicate fathom gitlab folk".split(" ");
/** A form that is sorted, a time or a signature in the body, tokens: the corpus tests these. */
const PARTICULAR = [
  ..."adyen figma gitlab-token linear mailgun mandrill okta telegram".split(" "),
  ..."twilio twilio-shared-key unisender-go".split(" "),
];
const ofAnyBody = Scheme.names().filter((name) => !PARTICULAR.includes(name) && !isLeftOut(name));

const registered = fc.constantFrom(...ofAnyBody).chain((scheme) => {
  const form = FAMILY.includes(scheme) ? "base64" : scheme === "adyen-header" ? "hex" : "text";
  return SECRETS[form].map((secret) => ({ scheme, secret, other: OTHERS[form], anyCase: false }));
});

/**
 * A scheme, registered or described, with a secret of its form and another one; `anyCase` says
 * whether its signatures are the same in upper and lower case.
 */
export const anyScheme = fc.oneof(registered, described);

/** A message with all that any scheme signs. */
export const anyMessage = fc.record({
  body: anyBody,
  id: anyId,
  now: anyTime,
  method: fc.constantFrom("POST", "PUT", "GET"),
  url: fc.webUrl(),
});
