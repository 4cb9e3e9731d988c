import type { Form } from "./scanned-digits.ts";

/** The newest forms whose digit has been typed in. */
export class NewestForms {
  readonly #size: number;
  readonly #delayMs: number;
  #sent: { form: Form; at: number }[] = [];

  /** @param size forms that are kept @param delayMs from the scan until the digit is known */
  constructor({ size, delayMs }: { size: number; delayMs: number }) {
    this.#size = size;
    this.#delayMs = delayMs;
  }

  /** Notes a form that was scanned. @param now milliseconds since 1970 */
  add(form: Form, now: number): void {
    this.#sent.push({ form, at: now });
  }

  /** Returns the newest forms whose digit is known, and forgets older ones. */
  known(now: number): Form[] {
    const count = this.#sent.filter(({ at }) => at <= now - this.#delayMs).length;
    this.#sent = this.#sent.slice(Math.max(0, count - this.#size));
    return this.#sent.slice(0, Math.min(count, this.#size)).map(({ form }) => form);
  }
}
