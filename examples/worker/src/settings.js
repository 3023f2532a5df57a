// The configuration, from the environment.

import { ConfigurationError, Webhook } from "countersign";

/** A variable is missing or wrong: the receiver must not start. */
export class SettingsError extends Error {
  name = "SettingsError";
}

/** Reads `COUNTERSIGN_SCHEME`, `_SECRET`, `_OLD_SECRET` and `_EVENTS_TOKEN`. */
export function readSettings(environment) {
  const scheme = required(environment, "COUNTERSIGN_SCHEME", "the name of the provider's scheme");
  required(environment, "COUNTERSIGN_SECRET", "the endpoint's secret");

  const names = ["COUNTERSIGN_SECRET", "COUNTERSIGN_OLD_SECRET"];
  const given = names.filter((name) => environment[name] !== undefined);
  // Each secret alone first, so that a malformed one is reported under its own name.
  for (const name of given) checkSecret(scheme, name, environment[name]);
  const secrets = given.map((name) => environment[name]);
  return {
    webhook: new Webhook(scheme, secrets),
    eventsToken: environment.COUNTERSIGN_EVENTS_TOKEN,
  };
}

function required(environment, name, what) {
  const value = environment[name];
  if (value === undefined) throw new SettingsError(`${name} is not set; it holds ${what}`);
  return value;
}

function checkSecret(scheme, name, secret) {
  try {
    new Webhook(scheme, secret);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const atFault = error.code === "unknown_scheme" ? "COUNTERSIGN_SCHEME" : name;
    throw new SettingsError(`${atFault}: ${error.message}`);
  }
}
