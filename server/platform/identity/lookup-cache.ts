import type { Database } from "#db/client.ts";
import { dayMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";

interface LookupCacheOptions {
  /** Age up to which a value is used without a new lookup. */
  freshMs: number;
  /** Maximum age of a value that is used while the source fails or times out. */
  staleMs: number;
  /** Maximum time to wait for the source when there is an older value. */
  timeoutMs: number;
  /** Maximum number of cached values; the oldest is evicted first. */
  most: number;
  /** Monotonic clock in milliseconds: with a wall clock set back, revoked tokens would stay valid. */
  now?: () => number;
}

interface Cached<Value> {
  value: Value;
  at: number;
  /** Until when the source is left alone after a failure. */
  quietUntil: number;
}

/**
 * Short-lived cache of a slow source. Concurrent callers with the same key share one lookup. When the source is down, its earlier
 * values remain valid, so that users who had access before an outage keep it during the outage.
 */
export class LookupCache<Value> {
  readonly #options: LookupCacheOptions;
  readonly #answers = new Map<string, Cached<Value>>();
  readonly #questions = new Map<string, Promise<Value>>();
  readonly #now: () => number;

  constructor(options: LookupCacheOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /**
   * Returns the value for a key; calls `ask` if there is no fresh one.
   * @throws DomainError the error of `ask` itself, which an older value does not replace; "unavailable" if `ask` fails otherwise and there
   * is no older value.
   */
  async get(key: string, load: () => Promise<Value>): Promise<Value> {
    const known = this.#answers.get(key);
    const now = this.#now();
    if (known && (now - known.at < this.#options.freshMs || now < known.quietUntil)) return known.value;
    const question = this.#load(key, load);
    const usable = known && now - known.at <= this.#options.staleMs;
    try {
      return await (usable ? inTime(question, this.#options.timeoutMs) : question);
    } catch (cause) {
      if (cause instanceof DomainError) {
        this.#answers.delete(key);
        throw cause;
      }
      if (!usable)
        throw new DomainError("unavailable", "The database is unavailable.", { cause, retryAfterSeconds: 5 });
      known.quietUntil = this.#now() + this.#options.freshMs;
      return known.value;
    }
  }

  #load(key: string, load: () => Promise<Value>): Promise<Value> {
    const open = this.#questions.get(key);
    if (open) return open;
    const question = load()
      .then((value) => this.#keep(key, value))
      .finally(() => this.#questions.delete(key));
    // Callers that stopped waiting ignore a failure; without this line it would be an unhandled rejection.
    question.catch(() => {});
    this.#questions.set(key, question);
    return question;
  }

  #keep(key: string, value: Value): Value {
    this.#answers.delete(key);
    this.#answers.set(key, { value, at: this.#now(), quietUntil: 0 });
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > this.#options.most && oldest !== undefined) this.#answers.delete(oldest);
    return value;
  }
}

async function inTime<Value>(promise: Promise<Value>, limitMs: number): Promise<Value> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`No response within ${limitMs} ms.`)), limitMs);
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

const caches = new WeakMap<Database, Map<string, LookupCache<unknown>>>();

const whoMayDoWhat: LookupCacheOptions = { freshMs: 3_000, staleMs: dayMs, timeoutMs: 500, most: 10_000 };

/** Returns the cache of one kind of lookup in a database, one per process. @param options the same for all lookups of a kind. */
export function lookupsOf<Value>(db: Database, kind: string, options = whoMayDoWhat): LookupCache<Value> {
  const ofDatabase = caches.get(db) ?? new Map<string, LookupCache<unknown>>();
  caches.set(db, ofDatabase);
  const cache = ofDatabase.get(kind) ?? new LookupCache(options);
  ofDatabase.set(kind, cache);
  return cache as LookupCache<Value>;
}
