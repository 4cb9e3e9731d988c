import { type Browser, type BrowserContext, expect, type Page, test as playwright } from "@playwright/test";

/** On the document once a user can act on it. */
const usable = "data-journey-usable";
/** After this, a document is used as it is: a page that a script left during streaming waits for a part that never arrives. */
const maxWaitMs = 30_000;

const violations: string[] = [];

/** Returns what pages tried to load or run against their Content-Security-Policy since the last call. */
export function takeViolations(): string[] {
  return violations.splice(0);
}

/**
 * Playwright's `test`, extended so that pages are used only after they were streamed and hydrated: after they are opened, and before
 * each key, each action and each attempt of an assertion. Methods that do not wait (`count`, `allTextContents`) need a waiting call before
 * them.
 * A test fails if a page violates its Content-Security-Policy.
 */
export const test = playwright.extend<{ hasNoViolations: undefined }, { browser: Browser }>({
  browser: [
    async ({ browser }, use) => {
      browser.on("context", (context) => {
        context.on("page", waitUntilUsable);
        void prepare(context);
      });
      await use(browser);
    },
    { scope: "worker" },
  ],
  hasNoViolations: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures that a fixture needs from this pattern
    async ({}, use) => {
      await use(undefined);
      expect(takeViolations()).toEqual([]);
    },
    { auto: true },
  ],
});

async function prepare(context: BrowserContext): Promise<void> {
  const report = (_source: unknown, violation: string) => void violations.push(violation);
  // A context that closes meanwhile has no pages.
  await Promise.all([
    context.exposeBinding("reportViolation", report),
    context.addInitScript(listen),
    context.addInitScript(markOnceUsable, [usable, maxWaitMs] as const),
  ]).catch(() => {});
}

/** Runs in the page. */
function listen(): void {
  document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI, sourceFile, sample }) => {
    const { reportViolation } = window as unknown as { reportViolation(violation: string): void };
    reportViolation(`${location.pathname}: ${effectiveDirective} blocks ${blockedURI} of ${sourceFile}: ${sample}`);
  });
}

/**
 * Runs in the page. Until React has put each streamed part in its place, a part may exist twice; until it has hydrated the page, clicks and
 * keys are lost. React says neither, but its placeholders and the properties it adds to elements do.
 */
function markOnceUsable([name, maxMs]: readonly [string, number]): void {
  const isHydrated = (element: Element) =>
    !("__next_f" in window) || Object.keys(element).some((key) => key.startsWith("__reactProps$"));
  const check = () => {
    const isUsable =
      !document.querySelector('template[id^="B:"], div[hidden][id^="S:"]') &&
      [...document.querySelectorAll("button")].every(isHydrated);
    if (isUsable || performance.now() > maxMs) document.documentElement.setAttribute(name, "");
    else setTimeout(check, 20);
  };
  document.addEventListener("DOMContentLoaded", check);
}

async function waitUntilUsable(page: Page): Promise<void> {
  const document = page.locator(`html:not([${usable}])`);
  const wait = () => document.waitFor({ state: "detached", timeout: maxWaitMs }).catch(() => {});
  const { keyboard } = page;
  const [press, goto, reload] = [keyboard.press.bind(keyboard), page.goto.bind(page), page.reload.bind(page)];
  keyboard.press = async (key, options) => {
    await wait();
    await press(key, options);
  };
  page.goto = async (url, options) => {
    const response = await goto(url, options);
    await wait();
    return response;
  };
  page.reload = async (options) => {
    const response = await reload(options);
    await wait();
    return response;
  };
  await page.addLocatorHandler(document, wait, { noWaitAfter: true });
}
