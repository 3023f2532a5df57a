/** A provider's library, asked for its verdict beside ours. */

import { readFileSync } from "node:fs";

import { CountersignError } from "countersign";

import { Random, anyRequest } from "./sample.mjs";

/** How many requests of each must be judged alike. */
const COUNT = 200;
/** After so many, the rest say the same. */
const MOST_FAULTS = 20;

/** Requests about which a library and we differ, on purpose: it accepts or refuses, we do the opposite. */
export function difference(reason, accepts, where) {
  return { reason, accepts, where };
}

/** The same, by the kinds of the requests. */
export function onKinds(reason, accepts, ...kinds) {
  return difference(reason, accepts, ({ kind }) => kinds.includes(kind));
}

/** Of all libraries that it is met with. */
const SPACES = onKinds(
  "spaces around a header's value, of which HTTP takes them away, are not taken away by it",
  false,
  "signature: spaces around",
);
export const BYTES = difference(
  "it reads the body as text, and a body that is none is refused",
  false,
  ({ isText }) => !isText,
);
export const EMPTY = difference("it refuses an empty body", false, ({ body }) => body.length === 0);
export const NUMBER = onKinds(
  "it reads a number from the time as far as it can and verifies that, where we want what was signed",
  true,
  ...["zeros first", "signed", "spaces around", "a fraction", "text after"].map((kind) => `time: ${kind}`),
);
export const NO_AGE = onKinds("it leaves the age of a request to the user", true, "old", "ahead");
export const TIMES = onKinds(
  "of several times in a header it takes one, where we cannot know which is signed",
  true,
  "signature: header twice",
);
/** `Buffer.from` of Node takes any text for base64. */
export const BASE64 = onKinds(
  "its decoder of base64 wants no padding, and drops what comes after it",
  true,
  "signature: padding lost",
  "signature: longer",
);
export const TWICE = onKinds(
  "of a header that came twice, it refuses all, where we find the signature that fits",
  false,
  "signature: header twice",
);

/** What the page says of a library, and what is wrong. */
export async function check(sdk, seed) {
  const from = sdk.source;
  const random = new Random(`${seed} ${sdk.package} ${from.scheme}`);
  const found = new Map();
  const faults = [];
  const differences = [SPACES, ...(sdk.differences ?? [])];
  const missing = () => differences.slice(1).filter(({ reason }) => !found.has(reason));
  let [agreed, accepted] = [0, 0];
  // Until each difference is met too.
  while (agreed < COUNT || missing().length > 0) {
    const request = await anyRequest(from, random);
    const [theirs, ours] = [await verdict(sdk, request), ourVerdict(from, request)];
    if (theirs.accepts === ours.accepts) {
      agreed += 1;
      accepted += ours.accepts ? 1 : 0;
    } else {
      const named = differences.find(({ accepts, where }) => accepts === theirs.accepts && where(request));
      if (named === undefined) {
        const told = JSON.stringify({ ...request, body: request.text }).slice(0, 1000);
        faults.push(`${sdk.package}, ${request.kind}: it ${theirs.told}, we ${ours.told}\n    ${told}`);
      } else {
        found.set(named.reason, (found.get(named.reason) ?? 0) + 1);
      }
    }
    if (faults.length >= MOST_FAULTS) {
      break;
    }
    if (agreed >= 20 * COUNT) {
      faults.push(...missing().map(({ reason }) => `${sdk.package}: no request shows that ${reason}`));
      break;
    }
  }
  if (accepted < COUNT / 4) {
    faults.push(`${sdk.package}: only ${accepted} requests were accepted`);
  }
  const met = differences.filter(({ reason }) => found.has(reason));
  const row = {
    language: "JavaScript",
    package: sdk.package,
    version: versionOf(sdk.package),
    function: sdk.function,
    scheme: from.scheme,
    signs: from.sign !== undefined,
    requests: agreed + [...found.values()].reduce((sum, count) => sum + count, 0),
    agreed,
    accepted,
    differences: met.map(({ reason, accepts }) => ({ reason, accepts, count: found.get(reason) })),
  };
  return { row, faults };
}

/** It refuses by saying so, or by throwing whatever it throws: half of the requests must be accepted. */
async function verdict(sdk, request) {
  try {
    const accepts = Boolean(await sdk.verify(request));
    return { accepts, told: accepts ? "accepts" : "refuses" };
  } catch (error) {
    return { accepts: false, told: `throws ${error.name}: ${error.message}` };
  }
}

function ourVerdict({ Webhook }, { scheme, secret, body, headers, url, method }) {
  try {
    new Webhook(scheme, secret).verify(body, headers, { url, method });
    return { accepts: true, told: "accept" };
  } catch (error) {
    if (error instanceof CountersignError) {
      return { accepts: false, told: `refuse by ${error.code}` };
    }
    throw error;
  }
}

function versionOf(name) {
  const manifest = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(manifest, "utf8")).version;
}
