import type { Database } from "#db/client.ts";
import { dayMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";

interface LookupCacheOptions {
  /** An answer this young is used as it is. */
  freshMs: number;
  /** While the source fails or does not answer in time, an answer up to this old is used. */
  staleMs: number;
  /** How long to wait for the source when there is an older answer. */
  timeoutMs: number;
  /** Most answers kept; the oldest goes first. */
  most: number;
  /** Milliseconds that only grow: with a wall clock set back, what was revoked would go on to be let in. */
  now?: () => number;
}

interface Cached<Value> {
  value: Value;
  at: number;
  /** Until when the source is left alone after a failure. */
  quietUntil: number;
}

/**
 * Answers of a slow source, kept for a moment. Callers with the same key share one question. When the source is down, what it
 * said before goes on to count, so that who was let in before an outage is let in during it.
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
   * The answer for a key; `ask` is called when there is none that is fresh.
   * @throws DomainError what `ask` refuses: an older answer does not stand in for it; "unavailable" when `ask` fails
   * otherwise and there is no older answer.
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
    // Who stopped to wait does not hear of a failure; without this line, the process would.
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
  const timer = setTimeout(() => reject(new Error(`No answer within ${limitMs} ms.`)), limitMs);
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

const caches = new WeakMap<Database, Map<string, LookupCache<unknown>>>();

const whoMayDoWhat: LookupCacheOptions = { freshMs: 3_000, staleMs: dayMs, timeoutMs: 500, most: 10_000 };

/** The cache of one kind of lookup in a database, one per process. @param options the same for all of a kind. */
export function lookupsOf<Value>(db: Database, kind: string, options = whoMayDoWhat): LookupCache<Value> {
  const ofDatabase = caches.get(db) ?? new Map<string, LookupCache<unknown>>();
  caches.set(db, ofDatabase);
  const cache = ofDatabase.get(kind) ?? new LookupCache(options);
  ofDatabase.set(kind, cache);
  return cache as LookupCache<Value>;
}
