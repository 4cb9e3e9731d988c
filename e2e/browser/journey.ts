import { type Browser, type BrowserContext, expect, type Page, test as playwright } from "@playwright/test";

/**
 * Selector of a document into which React still streams: it contains a placeholder for a part, or a hidden part until it is moved there,
 * some 300 ms later. When the page was hydrated meanwhile, the same part is already visible and exists twice.
 */
const streamingDocument = 'html:has(template[id^="B:"], div[hidden][id^="S:"])';

const maxStreamMs = 5_000;

const violations: string[] = [];

/** Returns what pages tried to load or run against their Content-Security-Policy since the last call. */
export function takeViolations(): string[] {
  return violations.splice(0);
}

/**
 * Playwright's `test`, extended so that pages are used only after streaming has finished: before each action and each attempt of an
 * assertion, however the document was opened. Methods that do not wait (`count`, `allTextContents`) need a waiting call before them.
 * A test fails if a page violates its Content-Security-Policy.
 */
export const test = playwright.extend<{ hasNoViolations: undefined }, { browser: Browser }>({
  browser: [
    async ({ browser }, use) => {
      browser.on("context", (context) => {
        context.on("page", waitForItsStream);
        void reportViolations(context);
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

async function reportViolations(context: BrowserContext): Promise<void> {
  const report = (_source: unknown, violation: string) => void violations.push(violation);
  const listen = () => {
    document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI, sourceFile, sample }) => {
      const { reportViolation } = window as unknown as { reportViolation(violation: string): void };
      reportViolation(`${location.pathname}: ${effectiveDirective} blocks ${blockedURI} of ${sourceFile}: ${sample}`);
    });
  };
  // A context that closes meanwhile has no pages to report.
  await Promise.all([context.exposeBinding("reportViolation", report), context.addInitScript(listen)]).catch(() => {});
}

async function waitForItsStream(page: Page): Promise<void> {
  const streaming = page.locator(streamingDocument);
  // A page that a script left during streaming keeps the placeholder of a part that never arrived.
  const wait = () => streaming.waitFor({ state: "hidden", timeout: maxStreamMs }).catch(() => {});
  await page.addLocatorHandler(streaming, wait, { noWaitAfter: true });
}
