import type { Database } from "#db/client.ts";
import { DomainError } from "#server/base/errors.ts";
import { networkOf } from "#server/platform/network/network-of.ts";

const windowMs = 60_000;
/** Different invalid tokens that a network may send per window. A client that repeats one invalid token is a mistake, not a guess. */
const maxBadTokens = 50;
const maxNetworks = 2_000;
const maxGoodTokens = 50_000;
/** Characters of a hash that tell tokens apart in memory. */
const prefixLength = 16;

interface Window {
  startedAt: number;
  bad: Set<string>;
}

/**
 * Limits the invalid tokens that a network may send: beyond the limit, tokens that have not been valid in this process are rejected without
 * a query until the window ends. Valid ones cost nothing. The memory is bounded: the networks that began first are evicted first.
 */
export class BadTokenLimit {
  readonly #networks = new Map<string, Window>();
  readonly #good = new Set<string>();
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** @throws DomainError "rate-limited" for a token that may not be looked up. */
  check(hash: string, address: string | undefined): void {
    if (this.#networks.size === 0 || address === undefined || this.#good.has(hash.slice(0, prefixLength))) return;
    const window = this.#windowOf(networkOf(address));
    if (!window || window.bad.size < maxBadTokens) return;
    const retryAfterSeconds = Math.ceil((window.startedAt + windowMs - this.#now()) / 1000);
    throw new DomainError(
      "rate-limited",
      `Too many invalid tokens from this network. Try again in ${retryAfterSeconds}\u00a0s.`,
      { retryAfterSeconds },
    );
  }

  addGood(hash: string): void {
    const [oldest] = this.#good;
    if (this.#good.size >= maxGoodTokens && oldest !== undefined) this.#good.delete(oldest);
    this.#good.add(hash.slice(0, prefixLength));
  }

  addBad(hash: string, address: string | undefined): void {
    // A revoked token is no longer exempt.
    this.#good.delete(hash.slice(0, prefixLength));
    if (address === undefined) return;
    const network = networkOf(address);
    const window = this.#windowOf(network) ?? this.#open(network);
    if (window.bad.size < maxBadTokens) window.bad.add(hash.slice(0, prefixLength));
  }

  #windowOf(network: string): Window | undefined {
    const window = this.#networks.get(network);
    if (window && this.#now() - window.startedAt < windowMs) return window;
    this.#networks.delete(network);
    return undefined;
  }

  #open(network: string): Window {
    const [oldest] = this.#networks.keys();
    if (this.#networks.size >= maxNetworks && oldest !== undefined) this.#networks.delete(oldest);
    const window = { startedAt: this.#now(), bad: new Set<string>() };
    this.#networks.set(network, window);
    return window;
  }
}

const limits = new WeakMap<Database, BadTokenLimit>();

/** Returns the limit of the process for tokens in a database. */
export function badTokensOf(db: Database): BadTokenLimit {
  const limit = limits.get(db) ?? new BadTokenLimit();
  limits.set(db, limit);
  return limit;
}
