/** Endpoints in memory. */

import { type EndpointHealth, HEALTHY } from "./health.js";
import type { EndpointRecord, StoredEndpoint } from "./store.js";

/** An endpoint, and what is noted for those who take deliveries for it. */
export interface Place {
  stored: StoredEndpoint;
  blockedUntilMs: number;
  pacedUntilUs: number;
}

export class MemoryEndpoints {
  readonly #byId = new Map<string, Place>();
  readonly #byNumber = new Map<number, Place>();

  named(id: string): Place | undefined {
    return this.#byId.get(id);
  }

  numbered(number: number): Place | undefined {
    return this.#byNumber.get(number);
  }

  all(): Place[] {
    return [...this.#byId.values()];
  }

  /** Those of an owner that want this type and are not disabled. */
  wanting(owner: string, type: string): Place[] {
    return this.all().filter(({ stored }) => {
      const wants = stored.subscriptions.some(({ beginning, isWhole }) =>
        isWhole ? type === beginning : type.length > beginning.length && type.startsWith(beginning),
      );
      return wants && stored.owner === owner && stored.health.disabled === null;
    });
  }

  /** @param made What a new one gets. */
  put(endpoint: EndpointRecord, made: () => Pick<StoredEndpoint, "number" | "createdMs">): void {
    const known = this.#byId.get(endpoint.id);
    if (known !== undefined) {
      known.stored = { ...known.stored, ...endpoint, version: known.stored.version + 1 };
      return;
    }
    const stored = { ...endpoint, ...made(), version: 1, health: HEALTHY };
    const place = { stored, blockedUntilMs: 0, pacedUntilUs: 0 };
    this.#byId.set(endpoint.id, place);
    this.#byNumber.set(stored.number, place);
  }

  putSecrets(id: string, secrets: readonly string[], version: number): boolean {
    const place = this.#byId.get(id);
    if (place?.stored.version !== version) {
      return false;
    }
    place.stored = { ...place.stored, secrets, version: version + 1 };
    return true;
  }

  putHealth(id: string, health: EndpointHealth): boolean {
    const place = this.#byId.get(id);
    if (place === undefined) {
      return false;
    }
    place.stored = { ...place.stored, health };
    place.blockedUntilMs = 0;
    return true;
  }

  delete(id: string): boolean {
    const place = this.#byId.get(id);
    this.#byId.delete(id);
    return place !== undefined && this.#byNumber.delete(place.stored.number);
  }

  after(id: string, most: number): StoredEndpoint[] {
    const later = [...this.#byId.keys()].filter((one) => one > id);
    return later.sort().slice(0, most).map((one) => this.#byId.get(one)!.stored);
  }
}
