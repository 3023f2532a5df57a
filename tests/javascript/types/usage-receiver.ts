// What users write to receive, in every host.

import { Webhook } from "countersign";
import { fetchHandler } from "countersign/fetch";
import {
  AddressPolicy,
  type Handler,
  MemoryReplayStore,
  Network,
  type Outcome,
  RateLimit,
  type RateStore,
  Receiver,
  type ReplayStore,
  Routes,
  storeRefusal,
} from "countersign/receiver";

class OwnStore implements ReplayStore, RateStore {
  readonly #handled = new Set<string>();

  async claim(key: string, lease: number): Promise<string> {
    if (this.#handled.has(key)) {
      throw storeRefusal("duplicate_event");
    }
    return `${key} for ${lease}`;
  }

  async complete(key: string): Promise<void> {
    this.#handled.add(key);
  }

  release(): void {}

  admit(caller: string, limit: RateLimit): void {
    if (caller === "unknown") {
      throw storeRefusal("rate_limited", limit.windowMs / 1e3);
    }
  }
}

const outcomes: Outcome[] = [];
const store = new OwnStore();
const receiver = new Receiver(new Webhook("stripe", "whsec_test"), {
  address: new AddressPolicy({ allow: ["203.0.113.0/24", new Network("192.0.2.1")], trustedProxies: null }),
  rateLimit: new RateLimit({ requests: 100, window: 60 }),
  rateStore: store,
  replay: store,
  whenStoreFails: "admit",
  observe: (outcome) => void outcomes.push(outcome),
  log: null,
});

interface Invoice {
  readonly paid: boolean;
}

const paid: Handler<Invoice> = async (event) => {
  const isPaid: boolean = event.data.paid;
  return isPaid;
};
receiver
  .on("invoice.paid", paid)
  .on<Invoice>("invoice.*", ({ data }) => data.paid)
  .on("*", (event) => event.id?.length);

new Receiver(new Webhook("github", "hush"), { replay: false });
new Receiver(new Webhook("github", "hush"), { replay: new MemoryReplayStore({ capacity: 1_000 }) });

const routes = new Routes<string>();
routes.add("payment.*", "payments");
routes.find("payment.paid")?.target.length;

export const handle: (request: Request) => Promise<Response> = fetchHandler(receiver, { peer: "cf-connecting-ip" });
