/** The receivers of the cases of `receive.json`, for every server alike. Bound to no runtime. */

import { Validator } from "@cfworker/json-schema";
import { Scheme, Webhook } from "countersign";
import { AddressPolicy, MemoryRateStore, MemoryReplayStore, RateLimit, Receiver } from "countersign/receiver";

const SLOW_MILLISECONDS = 2_000;

/**
 * A receiver of each case by the case's id, and what its handlers have handled. `stores` makes
 * those that are not of every runtime, by their kind.
 */
export function endpointsOf({ cases }, stores = {}) {
  return new Map(cases.map(({ id, receiver }) => [id, endpointOf(receiver, stores)]));
}

function endpointOf(described, stores) {
  const { scheme, secrets, verify_token: verifyToken, handlers } = described;
  const known = typeof scheme === "string" ? scheme : new Scheme(scheme);
  const receiver = new Receiver(new Webhook(known, secrets, { verifyToken }), {
    ...optionsOf(described),
    ...storesOf(described, stores),
  });
  const handled = [];
  for (const [pattern, behaviour] of Object.entries(handlers ?? {})) {
    receiver.on(pattern, handlerOf(behaviour, ({ id, type }) => handled.push([pattern, id, type])));
  }
  return { receiver, handled };
}

function optionsOf(described) {
  const { now, allow, rate_limit: rateLimit, schemas, body_limit: bodyLimit, replay, agrees } = described;
  const { trusted_proxies: trustedProxies, forwarding_header: forwardingHeader } = described;
  const decidesByAddress = allow !== undefined || trustedProxies !== undefined;
  return {
    address: decidesByAddress ? new AddressPolicy({ allow, trustedProxies, forwardingHeader }) : undefined,
    rateLimit: rateLimit && new RateLimit({ requests: rateLimit.requests, window: rateLimit.window_ms / 1e3 }),
    schemas,
    validator: schemas && Validator,
    bodyLimit,
    replay: replay === false ? false : undefined,
    onHandshake: agrees ? () => true : undefined,
    clock: now === undefined || now === null ? undefined : () => now,
  };
}

function storesOf({ store }, stores) {
  if (store === undefined) {
    return {};
  }
  const [[kind, value]] = Object.entries(store);
  if (kind === "memory") {
    const capacity = { capacity: value };
    return { replay: new MemoryReplayStore(capacity), rateStore: new MemoryRateStore(capacity) };
  }
  if (!Object.hasOwn(stores, kind)) {
    throw new Error(`there is no store ${kind}`);
  }
  const shared = stores[kind](value);
  return { replay: shared, rateStore: shared };
}

function handlerOf(behaviour, succeed) {
  let runs = 0;
  const behaviours = {
    succeed: async (event) => succeed(event),
    fail: async () => {
      throw new Error("this handler fails");
    },
    "fail-once": async (event) => {
      runs += 1;
      if (runs === 1) {
        throw new Error("this handler fails once");
      }
      succeed(event);
    },
    slow: async (event) => {
      await new Promise((resolve) => setTimeout(resolve, SLOW_MILLISECONDS));
      succeed(event);
    },
  };
  if (!Object.hasOwn(behaviours, behaviour)) {
    throw new Error(`there is no behaviour ${behaviour}`);
  }
  return behaviours[behaviour];
}

/** What a path of `/{id}` or `/{id}/-/handled` leads to; `null` if it leads nowhere. */
export function find(endpoints, path) {
  const [, id, ...rest] = path.split("?", 1)[0].split("/");
  const endpoint = endpoints.get(decodeURIComponent(id));
  const wantsHandled = rest.join("/") === "-/handled";
  return endpoint === undefined || (rest.length > 0 && !wantsHandled) ? null : { ...endpoint, wantsHandled };
}
