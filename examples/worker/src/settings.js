// The configuration, from the environment.

import { ConfigurationError, Webhook } from "countersign";
import { AddressPolicy, RateLimit } from "countersign/receiver";

/** A variable is missing or wrong: the receiver must not start. */
export class SettingsError extends Error {
  name = "SettingsError";
}

/** Reads the variables that the README lists. */
export function readSettings(environment) {
  const { COUNTERSIGN_EVENTS_TOKEN: eventsToken, COUNTERSIGN_STORE: store = "memory" } = environment;
  if (!["memory", "durable-object", "off"].includes(store)) {
    throw new SettingsError("COUNTERSIGN_STORE is not memory, durable-object or off");
  }
  const { CLAIMS: claims } = environment;
  if (store === "durable-object" && claims === undefined) {
    throw new SettingsError("COUNTERSIGN_STORE is durable-object, and there is no binding CLAIMS");
  }
  return {
    webhook: readWebhook(environment),
    address: readAddress(environment),
    rateLimit: readRateLimit(environment.COUNTERSIGN_RATE_LIMIT ?? "600/60"),
    store,
    claims,
    eventsToken,
  };
}

function readWebhook(environment) {
  const scheme = required(environment, "COUNTERSIGN_SCHEME", "the name of the provider's scheme");
  required(environment, "COUNTERSIGN_SECRET", "the endpoint's secret");

  const names = ["COUNTERSIGN_SECRET", "COUNTERSIGN_OLD_SECRET"];
  const given = names.filter((name) => environment[name] !== undefined);
  // Each secret alone first, so that a malformed one is reported under its own name.
  for (const name of given) {
    named(name, () => new Webhook(scheme, environment[name]));
  }
  const secrets = given.map((name) => environment[name]);
  return new Webhook(scheme, secrets, { verifyToken: environment.COUNTERSIGN_VERIFY_TOKEN });
}

/** Who may call, if that is restricted, and which proxies are believed about it. */
function readAddress(environment) {
  const allow = list(environment.COUNTERSIGN_ALLOW);
  const trustedProxies = list(environment.COUNTERSIGN_TRUSTED_PROXIES);
  if (allow === undefined && trustedProxies === undefined) return undefined;
  const forwardingHeader = environment.COUNTERSIGN_FORWARDING_HEADER;
  const options = { allow, trustedProxies, forwardingHeader };
  return named("COUNTERSIGN_ALLOW, _TRUSTED_PROXIES", () => new AddressPolicy(options));
}

function list(value) {
  return value === undefined ? undefined : value.split(",").map((part) => part.trim());
}

/** Requests and seconds for each caller, such as `600/60`, or `off`. */
function readRateLimit(value) {
  if (value === "off") return undefined;
  const [, requests, window] = /^(\d+)\/(\d+)$/.exec(value) ?? [];
  if (requests === undefined) {
    throw new SettingsError("COUNTERSIGN_RATE_LIMIT is not like 600/60, and not off");
  }
  const options = { requests: Number(requests), window: Number(window) };
  return named("COUNTERSIGN_RATE_LIMIT", () => new RateLimit(options));
}

function required(environment, name, what) {
  const value = environment[name];
  if (value === undefined) throw new SettingsError(`${name} is not set; it holds ${what}`);
  return value;
}

/** What the action gives; what it refuses is reported under the variable's name. */
function named(name, action) {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof ConfigurationError || error instanceof TypeError)) throw error;
    const atFault = error.code === "unknown_scheme" ? "COUNTERSIGN_SCHEME" : name;
    throw new SettingsError(`${atFault}: ${error.message}`);
  }
}
