/** The kinds of cases of where a sender may send. */

import { ended, milliseconds, optionalSeconds } from "./values.mjs";

export const ENDPOINTS = { endpoint_health: endpointHealth, choice, destination, destination_addresses: addresses };

const TIMES = ["failing_since", "throttled_until", "circuit_open_until"];

function endpointHealth(session, { policy: described, health: known, steps }) {
  const policy = new session.countersign.HealthPolicy(policyOptions(described));
  let health = restored(known);
  const results = steps.map(({ at_ms, outcome, entropy }) => {
    const now = at_ms / 1000;
    if (outcome) {
      health = policy.observe(health, { ...ended(outcome), now, entropy });
    }
    const availability = word(policy.availability(health, now));
    return outcome ? { health: shown(health), availability } : { availability };
  });
  return { results };
}

/** Null switches a rule off in the corpus, false in the package. */
function policyOptions(described) {
  const { circuit_failures, circuit_pauses_ms, throttle_pauses_ms, disable_after } = described;
  return {
    circuitFailures: circuit_failures === null ? false : circuit_failures,
    circuitPauses: circuit_pauses_ms?.map(optionalSeconds),
    throttlePauses: throttle_pauses_ms?.map(optionalSeconds),
    retryAfterCap: optionalSeconds(described.retry_after_cap_ms),
    disableAfter: disable_after === null ? false : optionalSeconds(disable_after?.ms),
    disableFailures: disable_after?.failures,
    retryStatuses: described.retry_statuses,
  };
}

function restored({ failures, openings, disabled, ...times }) {
  const [failingSince, throttledUntil, circuitOpenUntil] = TIMES.map((name) => optionalSeconds(times[`${name}_ms`]));
  return { failures, failingSince, throttledUntil, circuitOpenUntil, openings, disabled };
}

function shown({ failures, failingSince, throttledUntil, circuitOpenUntil, openings, disabled }) {
  const times = [failingSince, throttledUntil, circuitOpenUntil];
  const named = TIMES.map((name, at) => [`${name}_ms`, times[at] === null ? null : milliseconds(times[at])]);
  return { failures, openings, disabled, ...Object.fromEntries(named) };
}

function word({ state, until, reason }) {
  if (until !== null) {
    return { [`${state}_until_ms`]: milliseconds(until) };
  }
  return reason === null ? state : { [state]: reason };
}

function choice(session, { standing, waiting, room, fifo, per_second, now_ms }) {
  const { taken, buries, nextMs, pacedUntilUs, unblocks } = session.countersign.chooseNext({
    availability: availability(standing.availability),
    running: standing.running,
    blockedUntilMs: standing.blocked_until_ms,
    pacedUntilUs: standing.paced_until_us,
    waiting: waiting.map(({ due_ms, is_replay }) => ({ dueMs: due_ms, isReplay: is_replay })),
    isFifo: fifo,
    perSecond: per_second,
    room,
    nowMs: now_ms,
  });
  return { taken, buries, next_ms: nextMs, paced_until_us: pacedUntilUs, unblocks };
}

function availability(text) {
  if (typeof text === "string") {
    return { state: text, until: null, reason: null };
  }
  const [[key, value]] = Object.entries(text);
  const state = key.replace("_until_ms", "");
  return state === "disabled"
    ? { state, until: null, reason: value }
    : { state, until: value / 1000, reason: null };
}

function destination(session, { url, allow_http, networks }) {
  const rules = new session.countersign.DestinationRules({ allowHttp: allow_http, allow: networks });
  const { url: given, host, port, https, address } = rules.parse(url);
  if (given !== url) {
    throw new Error("the destination's URL is not what was given");
  }
  return { host, port, https, address };
}

function addresses(session, { networks, addresses }) {
  new session.countersign.DestinationRules({ allow: networks }).check(addresses);
  return { allowed: true };
}
