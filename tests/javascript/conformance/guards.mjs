/** The kinds of cases of what a receiver decides around the signature. */

export const GUARDS = {
  head,
  handshake,
  network,
  client_address: clientAddress,
  rate_limit: rateLimit,
  replay,
  routes,
  answer,
};

function head(session, testCase) {
  const { method, content_type, content_encoding, content_length, body_limit } = testCase;
  const webhook = session.webhook(testCase);
  const head = {
    method,
    contentType: content_type,
    contentEncoding: content_encoding,
    contentLength: content_length,
  };
  return { intake: webhook.checkHead(head, body_limit), allow: webhook.allowedMethods };
}

function handshake(session, testCase) {
  const { method, url, headers, body_b64 } = testCase;
  const body = Uint8Array.from(atob(body_b64), (character) => character.charCodeAt(0));
  const reply = session.webhook(testCase).handshake(body, headers, { method, url });
  return { handshake: written(reply) };
}

/** A reply to a handshake, as cases state it. */
export function written(reply) {
  return (
    reply && {
      answer: plain(reply.answer),
      needs_consent: reply.needsConsent,
      secret: reply.secret,
      confirmation_url: reply.confirmationUrl,
      topic: reply.topic,
    }
  );
}

function network(session, { network, addresses }) {
  const known = new session.countersign.Network(network);
  return { contains: addresses.map((address) => known.contains(address)) };
}

function clientAddress(session, testCase) {
  const { allow, proxies, header, peer, forwarded, requests, window_ms } = testCase;
  const { AddressPolicy, RateLimit, rateLimitKey } = session.countersign;
  const policy = new AddressPolicy({ allow, trustedProxies: proxies, forwardingHeader: header });
  const client = policy.client(peer, forwarded);
  const limit = new RateLimit({ requests, window: window_ms / 1000 });
  const { error } = session.attempt(() => policy.check(client));
  return { client, key: rateLimitKey(client, limit), allowed: error?.code !== "address_not_allowed" };
}

function rateLimit(session, { requests, window_ms, at_ms }) {
  const { MemoryRateStore, RateLimit } = session.countersign;
  const limit = new RateLimit({ requests, window: window_ms / 1000 });
  let now = 0;
  const store = new MemoryRateStore({ capacity: 1, clock: () => now });
  const verdicts = at_ms.map((at) => {
    now = at;
    const { error } = session.attempt(() => store.admit("caller", limit));
    return error ? error.retry_after_ms : 0;
  });
  return { verdicts };
}

function replay(session, { capacity, steps }) {
  let now = 0;
  const store = new session.countersign.MemoryReplayStore({ capacity, clock: () => now });
  const tokens = new Map();
  const results = steps.map((step, index) => {
    now = step.at_ms ?? now;
    if (step.do === "release") {
      store.release(step.key, tokens.get(step.of));
      return "done";
    }
    if (step.do === "complete") {
      store.complete(step.key, "", step.lifetime_ms / 1000);
      return "done";
    }
    const { value, error } = session.attempt(() => store.claim(step.key, step.lease_ms / 1000));
    if (error) {
      const { code, retry_after_ms } = error;
      return { code, ...(retry_after_ms === undefined ? {} : { retry_after_ms }) };
    }
    tokens.set(index, value);
    return "claimed";
  });
  return { results };
}

function routes(session, { patterns, types }) {
  const routes = new session.countersign.Routes();
  patterns.forEach((pattern, index) => routes.add(pattern, index));
  return { found: types.map((type) => routes.find(type)?.target ?? null) };
}

function answer(session, { answers, event, error }) {
  const { errorAnswer, eventAnswer, GuardError } = session.countersign;
  if (event) {
    return plain(eventAnswer(event.handling, event.id, event.type, answers));
  }
  const retryAfter = error.retry_after_ms === null ? null : error.retry_after_ms / 1000;
  const described = new GuardError(error.code, error.message, retryAfter);
  return plain(errorAnswer(described, error.allowed_methods, answers));
}

function plain({ status, headers, body }) {
  return { status, headers, body };
}
