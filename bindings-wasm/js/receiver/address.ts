/** Who called, and who may. */

import { options, optionalText, text, word, wrong } from "../check.js";
import { glue } from "./core.js";
import { attempt } from "../errors.js";
import { RateLimit } from "./rate-limit.js";

/**
 * A range of IP addresses in CIDR notation, or a single address. An IPv4-mapped IPv6 range or
 * address is the IPv4 one that it stands for.
 *
 * @example
 * ```ts
 * import { Network } from "countersign/receiver";
 *
 * new Network("192.0.2.0/24").contains("::ffff:192.0.2.7"); // true
 * ```
 */
export class Network {
  readonly #handle: glue.NetworkHandle;

  /**
   * @throws {@link ConfigurationError} `malformed_network`, also for an address with bits beyond
   * the prefix: `10.1.2.3/8` is a mistake.
   */
  constructor(network: string) {
    const checked = text("a network", network);
    this.#handle = attempt(() => glue.NetworkHandle.parse(checked));
  }

  /** Whether the address lies in it; what is no address lies nowhere. */
  contains(address: string): boolean {
    return this.#handle.contains(text("the address", address));
  }

  /** @internal */
  static handleOf(network: unknown): glue.NetworkHandle {
    return network instanceof Network ? network.#handle : new Network(network as string).#handle;
  }
}

/** Where trusted proxies write down whom they speak for. */
export type ForwardingHeader = "x-forwarded-for" | "forwarded";

/** Options of {@link AddressPolicy}. */
export interface AddressPolicyOptions {
  /** Who may call; anybody if not given, nobody if empty. */
  readonly allow?: Iterable<string | Network> | null | undefined;
  /** The proxies that are believed about who the client is; none if not given. */
  readonly trustedProxies?: Iterable<string | Network> | null | undefined;
  /** Where they write; `x-forwarded-for` if not given. */
  readonly forwardingHeader?: ForwardingHeader | null | undefined;
}

const FORWARDING_HEADERS = ["x-forwarded-for", "forwarded"] as const;

/**
 * Which callers may deliver, and which proxies are believed about who the caller is.
 *
 * A forwarding header is read only when the connection comes from a trusted proxy, and from its
 * end: all before the last untrusted address is what that caller chose to write.
 *
 * @example
 * ```ts
 * import { AddressPolicy } from "countersign/receiver";
 *
 * const policy = new AddressPolicy({ allow: ["203.0.113.0/24"], trustedProxies: ["10.0.0.0/8"] });
 * policy.client("10.0.0.1", ["198.51.100.1, 203.0.113.9"]); // "203.0.113.9"
 * policy.client("198.51.100.1", ["203.0.113.9"]); // "198.51.100.1"
 * ```
 */
export class AddressPolicy {
  readonly #handle: glue.AddressPolicyHandle;

  /** @throws {@link ConfigurationError} `malformed_network`. */
  constructor(policyOptions?: AddressPolicyOptions) {
    const known = { allow: true, trustedProxies: true, forwardingHeader: true } as const;
    const { allow, trustedProxies, forwardingHeader } = options("the options", known, policyOptions);
    const header = word("the forwarding header", FORWARDING_HEADERS, forwardingHeader ?? "x-forwarded-for");
    this.#handle = new glue.AddressPolicyHandle(header);
    if (allow !== undefined && allow !== null) {
      this.#handle.restrict();
      for (const network of networks("allow", allow)) {
        this.#handle.allow(Network.handleOf(network));
      }
    }
    for (const network of networks("trustedProxies", trustedProxies ?? [])) {
      this.#handle.trust(Network.handleOf(network));
    }
  }

  /** The header that {@link AddressPolicy.client} wants, in lower case; `null` while no proxy is trusted. */
  get headerName(): string | null {
    return this.#handle.header_name() ?? null;
  }

  /**
   * The address of the client: that of the connection, or what trusted proxies say; `null` if it
   * cannot be told.
   *
   * @param peer The other end of the connection, as the server gives it.
   * @param forwarded Each value of the forwarding header, in order.
   */
  client(peer: string | null, forwarded: readonly string[] = []): string | null {
    const values = forwarded.map((value) => text("a forwarding header", value));
    const lines = values.length === 0 ? undefined : values.join("\n");
    return this.#handle.client(optionalText("the peer", peer) ?? "", lines) ?? null;
  }

  /**
   * Passes if this client may call.
   *
   * @throws {@link GuardError} `address_not_allowed`, also if there is a list and the client is
   * not known.
   */
  check(client: string | null): void {
    attempt(() => this.#handle.check(optionalText("the client", client)));
  }
}

function networks(what: string, given: unknown): Iterable<unknown> {
  if (typeof given !== "object" || given === null || !(Symbol.iterator in given)) {
    throw wrong(what, "an array of networks", given);
  }
  return given as Iterable<unknown>;
}

/**
 * Under which name a client's requests are counted together: the address, for IPv6 its first 64
 * bits; `unknown` for those without one. The limit is part of it, so that receivers with different
 * limits can share a store.
 *
 * @example
 * ```ts
 * import { RateLimit, rateLimitKey } from "countersign/receiver";
 *
 * rateLimitKey("2001:db8::17", new RateLimit({ requests: 100, window: 60 })); // "2001:db8::/64 100/60000"
 * ```
 */
export function rateLimitKey(client: string | null, limit: RateLimit): string {
  return glue.rate_limit_key(optionalText("the client", client), RateLimit.handleOf(limit));
}
