/** Replays of many dead letters in memory. */

import type { Replay, ReplayFilter, StoredDelivery } from "./looking.js";
import { isMeant } from "./memory-looking.js";
import { isPageDue, nextPage, pageOf, untilPage } from "./pacing.js";
import type { ReplayStep } from "./store.js";

interface KeptReplay {
  replay: Replay;
  readonly filter: ReplayFilter;
  /** The last delivery that was looked at, and the last that is meant. */
  position: number;
  readonly last: number;
  nextMs: number;
}

/** A dead letter, and whether its endpoint takes deliveries: not if it is deleted or disabled. */
export interface DeadLetterToReplay {
  readonly told: StoredDelivery;
  readonly endpoint: number;
  readonly isTaken: boolean;
}

export class MemoryReplays {
  readonly #replays: KeptReplay[] = [];

  /** @param dead All dead letters. */
  begin(filter: ReplayFilter, perSecond: number, dead: readonly StoredDelivery[], now: number): Replay {
    const meant = dead.filter((letter) => isMeant(letter, filter));
    const last = Math.max(0, ...meant.map(({ number }) => number));
    const number = this.#replays.length + 1;
    const replay = { number, total: meant.length, replayed: 0, perSecond, state: "running", created: now / 1e3 } as const;
    this.#replays.push({ replay, filter, position: 0, last, nextMs: now });
    return replay;
  }

  latest(most: number): Replay[] {
    return this.#replays.map(({ replay }) => replay).reverse().slice(0, most);
  }

  cancel(number: number): boolean {
    const kept = this.#running().find(({ replay }) => replay.number === number);
    if (kept !== undefined) {
      kept.replay = { ...kept.replay, state: "cancelled" };
    }
    return kept !== undefined;
  }

  /**
   * @param dead All dead letters, in the order of their numbers.
   * @param again Has one delivered once more.
   */
  step(now: number, dead: () => readonly DeadLetterToReplay[], again: (number: number) => void): ReplayStep {
    const running = this.#running();
    const kept = running.find(({ nextMs }) => isPageDue(nextMs, now));
    if (kept === undefined) {
      return { endpoints: [], next: untilPage(running.map(({ nextMs }) => nextMs), now) };
    }
    const { filter, last, position, replay } = kept;
    const most = pageOf(replay.perSecond);
    const isLeft = ({ number }: StoredDelivery) => number > position && number <= last;
    const found = dead().filter(({ told }) => isLeft(told) && isMeant(told, filter)).slice(0, most);
    const taken = found.filter(({ isTaken }) => isTaken);
    taken.forEach(({ told }) => again(told.number));
    kept.position = found.at(-1)?.told.number ?? position;
    kept.nextMs = nextPage(now, taken.length, replay.perSecond);
    const state = found.length < most ? "done" : "running";
    kept.replay = { ...replay, replayed: replay.replayed + taken.length, state };
    return { endpoints: [...new Set(taken.map(({ endpoint }) => endpoint))], next: 0 };
  }

  #running(): KeptReplay[] {
    return this.#replays.filter(({ replay }) => replay.state === "running");
  }
}
