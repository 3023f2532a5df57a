/**
 * Runs the corpus of `tests/vectors` on the package. Neither this module nor what it imports is
 * bound to a runtime: the same code runs in each of them.
 *
 * `run(countersign, files)` takes the exports of the package and its receiver, and the parsed files of the corpus, and
 * gives what came of each case, with one text for each difference.
 */

export function run(countersign, files) {
  if (files.length === 0) {
    throw new Error("the corpus is empty");
  }
  const runner = new Runner(countersign);
  const results = {};
  const differences = [];
  // The codes come last: their classes are compared with all that was thrown.
  const ordered = [...files].sort((a, b) => Number(a.kind === "codes") - Number(b.kind === "codes"));
  for (const { kind, cases } of ordered) {
    for (const testCase of cases) {
      const { id } = testCase;
      if (Object.hasOwn(results, id)) {
        throw new Error(`the id ${id} is used twice`);
      }
      const actual = runner.outcome(kind, testCase);
      const expected = kind === "codes" ? { class: testCase.class, status: testCase.status } : testCase.expect;
      const [wanted, given] = [expected, actual].map((value) => JSON.stringify(sorted(value)));
      if (wanted !== given) {
        differences.push(`${id}\n    expected ${wanted}\n    actual   ${given}`);
      }
      results[id] = actual;
    }
  }
  for (const code of runner.knownCodes()) {
    if (!Object.hasOwn(results, code)) {
      differences.push(`${code}\n    is not in the corpus`);
    }
  }
  return { results: sorted(results), differences };
}

/** The same value with the keys of all objects in order. */
function sorted(value) {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const entries = Object.entries(value).map(([key, inner]) => [key, sorted(inner)]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

class Runner {
  #countersign;
  /** The class name of each error that was thrown, by its code. */
  #thrown = new Map();

  constructor(countersign) {
    this.#countersign = countersign;
  }

  outcome(kind, testCase) {
    const action = this.#action(kind);
    try {
      return action(testCase);
    } catch (error) {
      if (error instanceof this.#countersign.CountersignError) {
        return this.#rejection(error);
      }
      // A difference like any other, so that one failure does not hide those that follow.
      return { thrown: String(error) };
    }
  }

  /** All codes that the package lists or has thrown. */
  knownCodes() {
    return new Set([...this.#countersign.errorCodes().keys(), ...this.#thrown.keys()]);
  }

  #action(kind) {
    switch (kind) {
      case "verify":
        return (testCase) => this.#verify(testCase);
      case "construct":
        return (testCase) => this.#construct(testCase);
      case "sign":
        return (testCase) => this.#sign(testCase);
      case "backoff":
        return (testCase) => this.#backoff(testCase);
      case "retry":
        return (testCase) => this.#retry(testCase);
      case "retry_after":
        return ({ value, now }) => ({ delay_seconds: this.#countersign.parseRetryAfter(value, now) });
      case "codes":
        return ({ id }) => ({ class: this.#classOf(id), status: new this.#countersign.CountersignError(id, "").status });
      case "head":
        return (testCase) => this.#head(testCase);
      case "handshake":
        return (testCase) => ({ challenge: this.#webhook(testCase).answerQuery(testCase.query) });
      case "network":
        return (testCase) => this.#network(testCase);
      case "client_address":
        return (testCase) => this.#clientAddress(testCase);
      case "rate_limit":
        return (testCase) => this.#rateLimit(testCase);
      case "replay":
        return (testCase) => this.#replay(testCase);
      case "routes":
        return (testCase) => this.#routes(testCase);
      case "answer":
        return (testCase) => this.#answer(testCase);
      default:
        throw new Error(`there is no kind ${kind}`);
    }
  }

  /** One request in each of the forms that frameworks give; all must have the same outcome. */
  #verify(testCase) {
    const webhook = this.#webhook(testCase);
    const outcomes = forms(testCase).map(([body, headers]) => {
      const act = (name) => () => webhook[name](body, headers, context(testCase));
      const verified = this.#attempt(act("verify"));
      const unwrapped = this.#attempt(act("unwrap"));
      if (verified.error) {
        same("unwrap and verify", unwrapped, verified);
        return verified.error;
      }
      const result = this.#acceptance(verified.value, testCase);
      same("unwrap and event", this.#event(unwrapped, testCase), result.event);
      return result;
    });
    outcomes.forEach((outcome) => same("the forms of one request", outcome, outcomes[0]));
    return outcomes[0];
  }

  #acceptance(verified, testCase) {
    return {
      verdict: "accept",
      key_index: verified.keyIndex,
      id: verified.id,
      dedupe_key: verified.dedupeKey,
      ...timestampOf(verified, testCase.expect),
      event: this.#event(
        this.#attempt(() => verified.event()),
        testCase,
      ),
    };
  }

  #event({ value: event, error }, testCase) {
    if (error) {
      return { code: error.code, message: error.message };
    }
    const body = bytesOf(testCase);
    if (!(event.raw instanceof Uint8Array) || String(event.raw) !== String(body)) {
      throw new Error("event.raw is not the body");
    }
    const expect = testCase.expect.event ?? {};
    return {
      id: event.id,
      type: event.type,
      dedupe_key: event.dedupeKey,
      data: dataOf(event, testCase, body, expect.data),
      ...timestampOf(event, expect),
      ...(event.challenge === null ? {} : { challenge: event.challenge }),
    };
  }

  #construct(testCase) {
    this.#webhook(testCase);
    return { verdict: "accept" };
  }

  #sign(testCase) {
    const webhook = this.#webhook(testCase);
    const body = bytesOf(testCase);
    const headers = webhook.sign(body, { id: testCase.message_id, ...context(testCase) });
    // What is signed is also accepted, with every other header absent.
    webhook.verify(body, headers, context(testCase));
    return { headers: Object.entries(headers) };
  }

  #backoff(testCase) {
    const delays = this.#schedule(testCase).delays(testCase.entropy);
    return { delays_ms: delays.map(milliseconds) };
  }

  #retry({ policy: described, attempt, outcome, now_ms, entropy }) {
    const policy = new this.#countersign.RetryPolicy(this.#schedule(described), {
      retryAfterCap: optionalSeconds(described.retry_after_cap_ms),
      retryStatuses: described.retry_statuses,
    });
    const decision = policy.decide(attempt, {
      status: outcome.network_error ? null : outcome.status,
      retryAfter: outcome.retry_after,
      now: now_ms / 1000,
      entropy,
    });
    return {
      decision: decision.action,
      ...(decision.at === null ? {} : { at_ms: milliseconds(decision.at) }),
      ...(decision.reason === null ? {} : { reason: decision.reason }),
    };
  }

  #schedule({ schedule, jitter }) {
    const { Backoff } = this.#countersign;
    if (schedule === "standard") {
      return Backoff.standard({ jitter });
    }
    if (schedule.fixed_ms) {
      return Backoff.fixed(schedule.fixed_ms.map(optionalSeconds), { jitter });
    }
    const { base_ms, factor, cap_ms, attempts } = schedule.exponential;
    const options = { factor, cap: optionalSeconds(cap_ms), attempts, jitter };
    return Backoff.exponential(optionalSeconds(base_ms), options);
  }

  #head(testCase) {
    const { method, content_type, content_encoding, content_length, body_limit } = testCase;
    const webhook = this.#webhook(testCase);
    const head = {
      method,
      contentType: content_type,
      contentEncoding: content_encoding,
      contentLength: content_length,
    };
    return { intake: webhook.checkHead(head, body_limit), allow: webhook.allowedMethods };
  }

  #network({ network, addresses }) {
    const known = new this.#countersign.Network(network);
    return { contains: addresses.map((address) => known.contains(address)) };
  }

  #clientAddress({ allow, proxies, header, peer, forwarded }) {
    const { AddressPolicy, rateLimitKey } = this.#countersign;
    const policy = new AddressPolicy({ allow, trustedProxies: proxies, forwardingHeader: header });
    const client = policy.client(peer, forwarded);
    const { error } = this.#attempt(() => policy.check(client));
    return { client, key: rateLimitKey(client), allowed: error?.code !== "address_not_allowed" };
  }

  #rateLimit({ requests, window_ms, at_ms }) {
    const { MemoryRateStore, RateLimit } = this.#countersign;
    const limit = new RateLimit({ requests, window: window_ms / 1000 });
    let now = 0;
    const store = new MemoryRateStore({ capacity: 1, clock: () => now });
    const verdicts = at_ms.map((at) => {
      now = at;
      const { error } = this.#attempt(() => store.admit("caller", limit));
      return error ? error.retry_after_ms : 0;
    });
    return { verdicts };
  }

  #replay({ capacity, steps }) {
    let now = 0;
    const store = new this.#countersign.MemoryReplayStore({ capacity, clock: () => now });
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
      const { value, error } = this.#attempt(() => store.claim(step.key, step.lease_ms / 1000));
      if (error) {
        const { code, retry_after_ms } = error;
        return { code, ...(retry_after_ms === undefined ? {} : { retry_after_ms }) };
      }
      tokens.set(index, value);
      return "claimed";
    });
    return { results };
  }

  #routes({ patterns, types }) {
    const routes = new this.#countersign.Routes();
    patterns.forEach((pattern, index) => routes.add(pattern, index));
    return { found: types.map((type) => routes.find(type)?.target ?? null) };
  }

  #answer({ event, error, challenge }) {
    const { challengeAnswer, errorAnswer, eventAnswer, GuardError } = this.#countersign;
    if (event) {
      return plain(eventAnswer(event.handling, event.id, event.type));
    }
    if (error) {
      const retryAfter = error.retry_after_ms === null ? null : error.retry_after_ms / 1000;
      const described = new GuardError(error.code, error.message, retryAfter);
      return plain(errorAnswer(described, error.allowed_methods));
    }
    return plain(challengeAnswer(challenge));
  }

  #webhook({ scheme, secrets, tolerance, verify_token }) {
    const { Scheme, Tolerance, Webhook } = this.#countersign;
    const known = typeof scheme === "string" ? scheme : new Scheme(scheme);
    const options = { tolerance: tolerance && new Tolerance(tolerance), verifyToken: verify_token };
    return new Webhook(known, secrets, options);
  }

  /** The value of an action, or the package's error as its rejection. */
  #attempt(action) {
    try {
      return { value: action() };
    } catch (error) {
      if (error instanceof this.#countersign.CountersignError) {
        return { error: this.#rejection(error) };
      }
      throw error;
    }
  }

  #rejection(error) {
    const { name, code, message, retryAfter } = error;
    // Null makes the case of this code fail.
    this.#thrown.set(code, error.constructor === this.#countersign[name] ? name : null);
    const wait = retryAfter === null ? {} : { retry_after_ms: milliseconds(retryAfter) };
    return { verdict: "reject", code, message, ...wait };
  }

  /** The class of a code: as it was thrown, else as it is listed. Null if there is no such class. */
  #classOf(code) {
    const listed = this.#countersign.errorCodes().get(code);
    const name = this.#thrown.has(code) ? this.#thrown.get(code) : listed;
    const { [name]: type, CountersignError } = this.#countersign;
    return type?.prototype instanceof CountersignError && name === listed ? name : null;
  }
}

function same(what, one, other) {
  const [first, second] = [one, other].map((value) => JSON.stringify(sorted(value)));
  if (first !== second) {
    throw new Error(`${what} differ: ${first} and ${second}`);
  }
}

function plain({ status, headers, body }) {
  return { status, headers, body };
}

function context({ now, method, url }) {
  return { now, method, url };
}

function bytesOf({ body_b64 }) {
  return Uint8Array.from(atob(body_b64), (unit) => unit.charCodeAt(0));
}

/** Body and headers of one request in different forms. */
function forms(testCase) {
  const body = bytesOf(testCase);
  const { headers } = testCase;
  const grouped = new Map();
  for (const [name, value] of headers) {
    grouped.set(name, [...(grouped.get(name) ?? []), value]);
  }
  // The view begins and ends inside of its buffer.
  const padded = new Uint8Array(body.length + 8).fill(0x7b);
  padded.set(body, 3);
  const view = new DataView(padded.buffer, 3, body.length);
  const all = [
    [body, headers],
    [body.buffer, Object.fromEntries(grouped)],
    [view, grouped],
  ];
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(body);
  const isText = String(new TextEncoder().encode(text)) === String(body);
  return isText ? [...all, [text, { [Symbol.iterator]: () => headers.values() }]] : all;
}

/** A case leaves out a timestamp that not every language has a number for. */
function timestampOf({ timestamp }, expect) {
  return "timestamp" in expect || "code" in expect ? { timestamp } : {};
}

/** The expected text if it stands for the event's data; else the data. */
function dataOf({ data }, { scheme }, body, expected) {
  if (typeof expected !== "string") {
    return data;
  }
  // Only an object passes as JSON, so that any other text is a form.
  const start = body.find((byte) => ![0x20, 0x09, 0x0a, 0x0d].includes(byte));
  const isForm = scheme.payload === "form" || start !== "{".charCodeAt(0);
  const parsed = isForm ? Object.fromEntries(new URLSearchParams(expected)) : JSON.parse(expected);
  return JSON.stringify(parsed) === JSON.stringify(data) ? expected : data;
}

function milliseconds(seconds) {
  return Math.round(seconds * 1000);
}

function optionalSeconds(milliseconds) {
  return milliseconds === undefined || milliseconds === null ? milliseconds : milliseconds / 1000;
}
