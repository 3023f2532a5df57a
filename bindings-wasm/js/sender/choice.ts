/** What is taken of what waits for an endpoint. */

import type { HealthPolicy } from "./health.js";
import type { Choice, Standing, Waiting } from "./store.js";
import type { Target } from "./target.js";

const NOTHING: Choice = { take: [], bury: null, pacedUntilUs: null, nextMs: null };

/** At most `room` of them; a pure decision. */
export function choose(standing: Standing, target: Target, policy: HealthPolicy, room: number): Choice {
  const { now, endpoint, running, waiting, blockedUntilMs } = standing;
  const { state, until } = policy.availability(endpoint.health, (now + 0.5) / 1e3);
  const untilMs = until === null ? null : Math.round(until * 1e3);
  if (state === "disabled") {
    return waiting.length === 0 ? NOTHING : { ...NOTHING, bury: "disabled", nextMs: now };
  }
  if (state === "throttled") {
    return { ...NOTHING, nextMs: untilMs };
  }
  if (target.isFifo && running > 0) {
    // Who has it tells when it ends.
    return NOTHING;
  }
  if (target.isFifo && blockedUntilMs > now) {
    return { ...NOTHING, nextMs: blockedUntilMs };
  }
  // Those that nobody asked for; who asks for a replay does so at their own risk.
  let usual = state === "ready" ? Infinity : Number(state === "probe" && running === 0);
  const most = target.isFifo ? Math.min(room, 1) : room;
  const take: Waiting[] = [];
  let nextMs: number | null = null;
  for (const one of waiting) {
    if (one.dueMs > now || take.length === most) {
      nextMs = earliest(nextMs, Math.max(one.dueMs, now));
      break;
    }
    if (one.isReplay || usual > 0) {
      usual -= Number(!one.isReplay);
      take.push(one);
    } else if (untilMs !== null) {
      nextMs = earliest(nextMs, untilMs);
    }
  }
  return paced({ take, bury: null, pacedUntilUs: null, nextMs }, standing, target.perSecond);
}

/** No more than the rate has room for; at most what a second allows may go at once. */
function paced(choice: Choice, { now, pacedUntilUs }: Standing, perSecond: number | null): Choice {
  if (perSecond === null || choice.take.length === 0) {
    return choice;
  }
  const interval = Math.max(Math.floor(1e6 / perSecond), 1);
  const burst = Math.max(interval, 1_000_000);
  const nowUs = now * 1_000;
  // From a clock that was set back it is at most the end of a burst.
  const used = Math.min(Math.max(pacedUntilUs, nowUs), nowUs + burst);
  const admitted = Math.min(Math.floor((nowUs + burst - used) / interval), choice.take.length);
  const until = used + interval * admitted;
  const isAll = admitted === choice.take.length;
  return {
    ...choice,
    take: choice.take.slice(0, admitted),
    pacedUntilUs: admitted > 0 ? until : null,
    nextMs: isAll ? choice.nextMs : Math.max(Math.floor((until - burst + interval) / 1_000) + 1, now + 1),
  };
}

function earliest(one: number | null, other: number): number {
  return one === null ? other : Math.min(one, other);
}
