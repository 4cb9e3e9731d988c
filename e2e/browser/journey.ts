import { type Browser, type Page, test as playwright } from "@playwright/test";

/**
 * Selector of a document into which React still streams: it contains a placeholder for a part, or a hidden part until it is moved there,
 * some 300 ms later. When the page was hydrated meanwhile, the same part is already visible and exists twice.
 */
const streamingDocument = 'html:has(template[id^="B:"], div[hidden][id^="S:"])';

const maxStreamMs = 5_000;

/**
 * Playwright's `test`, extended so that pages are used only after streaming has finished: before each action and each attempt of an
 * assertion, however the document was opened. Methods that do not wait (`count`, `allTextContents`) need a waiting call before them.
 */
export const test = playwright.extend<object, { browser: Browser }>({
  browser: [
    async ({ browser }, use) => {
      browser.on("context", (context) => context.on("page", waitForItsStream));
      await use(browser);
    },
    { scope: "worker" },
  ],
});

async function waitForItsStream(page: Page): Promise<void> {
  const streaming = page.locator(streamingDocument);
  // A page that a script left during streaming keeps the placeholder of a part that never arrived.
  const wait = () => streaming.waitFor({ state: "hidden", timeout: maxStreamMs }).catch(() => {});
  await page.addLocatorHandler(streaming, wait, { noWaitAfter: true });
}
