import { type Browser, type Page, test as playwright } from "@playwright/test";

/**
 * A document into which React still streams: the place of a part that is to come, or a part that came and lies hidden until
 * it is moved there, some 300 ms later. When the page was hydrated meanwhile, the same part is shown already and stands there twice.
 */
const streamingDocument = 'html:has(template[id^="B:"], div[hidden][id^="S:"])';

const maxStreamMs = 5_000;

/**
 * Playwright's `test`, whose pages are read and pressed only when nothing streams in any more: before each action and each look of an
 * assertion, however the document was opened. What looks once (`count`, `allTextContents`) comes after something that waits.
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
  // A page that was left by a script while it streamed in keeps the place of what never came.
  const wait = () => streaming.waitFor({ state: "hidden", timeout: maxStreamMs }).catch(() => {});
  await page.addLocatorHandler(streaming, wait, { noWaitAfter: true });
}
