import { ZodError } from "zod";
import { DomainError } from "#server/base/errors.ts";
import { checkKey } from "#server/develop/tracking/keys.ts";

/** Maximum number of sentences stored per entity. */
const most = 50;

/** Missing or different parts of one item, as sentences. */
export class Problems {
  readonly #sentences: string[] = [];
  #more = 0;

  add(sentence: string): void {
    if (this.#sentences.includes(sentence)) return;
    if (this.#sentences.length < most) this.#sentences.push(sentence.slice(0, 1000));
    else this.#more += 1;
  }

  get list(): string[] {
    return this.#more === 0 ? this.#sentences : [...this.#sentences, `And ${this.#more} more.`];
  }

  /** Does part of the work; a rejection by the domain becomes a sentence, and the rest continues. */
  async attempt(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const message = refusal(error);
      if (message === undefined) throw error;
      this.add(`${what}: ${message}`);
    }
  }

  /** Returns the entries whose keys Leeway accepts. */
  withUsableKeys<Entry extends { key: string }>(what: string, entries: readonly Entry[]): Entry[] {
    return entries.filter(({ key }) => {
      const message = keyProblem(key);
      if (message !== undefined) this.add(`${what} was skipped. ${message}`);
      return message === undefined;
    });
  }
}

/** Returns why the domain rejects something; undefined for unavailable sources and bugs. */
export function refusal(error: unknown): string | undefined {
  if (error instanceof ZodError) return error.issues[0]?.message ?? "It is invalid.";
  if (error instanceof DomainError && error.code !== "unavailable") return error.message;
  return undefined;
}

const checked = new Map<string, string | undefined>();

/** Millions of points have a handful of keys. */
function keyProblem(key: string): string | undefined {
  if (checked.has(key)) return checked.get(key);
  if (checked.size > 10_000) checked.clear();
  let message: string | undefined;
  try {
    checkKey(key, "key");
  } catch (error) {
    message = refusal(error);
    if (message === undefined) throw error;
  }
  checked.set(key, message);
  return message;
}
