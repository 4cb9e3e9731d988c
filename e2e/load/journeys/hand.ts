import type { Locator, Page } from "@playwright/test";

/** What a journey took. */
export interface Effort {
  clicks: number;
  /** Keys and chords that do something, such as R or Ctrl+Enter; the letters of a text count as none. */
  keys: number;
  /** Fields that were filled in. */
  fields: number;
  /** From the first step to the last. */
  seconds: number;
}

/** A person at a page, who acts as soon as they can; counts what they do. */
export class Hand {
  readonly page: Page;
  readonly #startedAt = Date.now();
  #clicks = 0;
  #keys = 0;
  #fields = 0;

  constructor(page: Page) {
    this.page = page;
  }

  async click(target: Locator): Promise<void> {
    this.#clicks += 1;
    await hydrated(target);
    await target.click();
  }

  async press(key: string): Promise<void> {
    this.#keys += 1;
    await this.page.keyboard.press(key);
  }

  async fill(target: Locator, text: string): Promise<void> {
    this.#fields += 1;
    await hydrated(target);
    await target.fill(text);
  }

  effort(): Effort {
    return {
      clicks: this.#clicks,
      keys: this.#keys,
      fields: this.#fields,
      seconds: (Date.now() - this.#startedAt) / 1000,
    };
  }
}

/** Waits until React handles an element: what is entered before is lost. */
async function hydrated(target: Locator): Promise<void> {
  const isHandled = (element: Element) => Object.keys(element).some((key) => key.startsWith("__reactProps"));
  while (!(await target.evaluate(isHandled))) await target.page().waitForTimeout(20);
}
