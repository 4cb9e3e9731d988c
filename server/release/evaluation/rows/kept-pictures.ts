/** Characters of all pictures that are kept, about 48 MB. */
const maxCharacters = 48_000_000;
/** A row without a picture counts as this many. */
const minCharacters = 100;

/** Keeps pictures that were shown lately as data URLs by key; those that were shown least lately are dropped first. */
export class KeptPictures {
  readonly #urls = new Map<string, string>();
  readonly #max: number;
  #total = 0;

  /** @param max characters in all */
  constructor(max: number = maxCharacters) {
    this.#max = max;
  }

  has(key: string): boolean {
    return this.#urls.has(key);
  }

  /** Returns a picture, "" for a row that has none; undefined for one that is not kept. */
  get(key: string): string | undefined {
    const url = this.#urls.get(key);
    if (url === undefined) return undefined;
    this.#urls.delete(key);
    this.#urls.set(key, url);
    return url;
  }

  /** Keeps a picture, or that a row has none (""). */
  set(key: string, url: string): void {
    this.#delete(key);
    this.#urls.set(key, url);
    this.#total += sizeOf(url);
    for (const oldest of this.#urls.keys()) {
      if (this.#total <= this.#max) break;
      this.#delete(oldest);
    }
  }

  #delete(key: string): void {
    const url = this.#urls.get(key);
    if (url === undefined) return;
    this.#urls.delete(key);
    this.#total -= sizeOf(url);
  }
}

const sizeOf = (url: string) => Math.max(minCharacters, url.length);
