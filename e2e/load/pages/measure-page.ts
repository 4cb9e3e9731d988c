import type { Browser } from "@playwright/test";

export interface MeasuredPage {
  path: string;
  /** KiB of scripts as they were sent, without the headers of their responses, before any use of the page and with an empty cache. */
  scripts: number;
  requests: number;
  /** Seconds from the request for the document to its last byte, on the first view. */
  firstView: number;
  /** The same on the second view. */
  secondView: number;
}

/**
 * Opens a page in a browser that has nothing of it.
 * @throws Error for a page that does not answer with 200
 */
export async function measurePage(
  browser: Browser,
  { url, path, cookie }: { url: string; path: string; cookie: string },
): Promise<MeasuredPage> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  try {
    const cookies = cookie.split("; ").map((pair) => pair.split(/=(.*)/s, 2));
    await context.addCookies(cookies.map(([name = "", value = ""]) => ({ name, value, url })));
    const page = await context.newPage();
    const network = await context.newCDPSession(page);
    await network.send("Network.enable");
    let requests = 0;
    network.on("Network.requestWillBeSent", () => {
      requests += 1;
    });
    const response = await page.goto(url + path, { waitUntil: "load" });
    if (response?.status() !== 200) throw new Error(`${path} answered ${response?.status()}.`);
    // A page of the demo is never idle for good: the event stream stays open, and events have it read again.
    await page.waitForLoadState("networkidle", { timeout: 15_000 }).catch(() => {});
    const scripts = (await page.evaluate(bytesOfScripts)) / 1024;
    const first = { scripts, requests, firstView: await page.evaluate(secondsOfDocument) };
    await page.reload({ waitUntil: "load" });
    return { path, ...first, secondView: await page.evaluate(secondsOfDocument) };
  } finally {
    await context.close();
  }
}

/** Runs in the page. */
function secondsOfDocument(): number {
  const [document] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  return document ? (document.responseEnd - document.requestStart) / 1000 : Number.NaN;
}

/** Runs in the page. A script that was loaded ahead counts once. */
function bytesOfScripts(): number {
  const loaded = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
  const bytes = new Map(loaded.map(({ name, encodedBodySize }) => [name, encodedBodySize]));
  return [...bytes].reduce((sum, [name, size]) => sum + (new URL(name).pathname.endsWith(".js") ? size : 0), 0);
}
