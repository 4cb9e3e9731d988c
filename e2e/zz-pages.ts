import { writeFileSync } from "node:fs";
import { chromium } from "@playwright/test";

const [url = "", out = "", ...paths] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
const sign = await browser.newContext();
const first = await sign.newPage();
await first.goto(`${url}/login`);
await first.getByLabel("Email").fill("demo@leeway.example");
await first.locator("#password").fill("fair-winds");
await first.getByRole("button", { name: "Sign in" }).click();
await first.waitForURL((u) => !u.pathname.startsWith("/login"), { timeout: 60_000 });
const storageState = await sign.storageState();
const rows: unknown[] = [];
for (const path of paths) {
  const context = await browser.newContext({ storageState, viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send("Network.enable");
  const urls = new Map<string, { url: string; type: string }>();
  let js = 0,
    css = 0,
    count = 0,
    prefetch = 0;
  const kinds: Record<string, number> = {};
  cdp.on("Network.requestWillBeSent", (e) => {
    count += 1;
    urls.set(e.requestId, { url: e.request.url, type: e.type ?? "" });
    if (e.request.headers["next-router-prefetch"] || e.request.headers["Next-Router-Prefetch"]) prefetch += 1;
    kinds[e.type ?? ""] = (kinds[e.type ?? ""] ?? 0) + 1;
  });
  const sizes: [string, number][] = [];
  cdp.on("Network.loadingFinished", (e) => {
    const r = urls.get(e.requestId);
    if (r?.type === "Script") {
      js += e.encodedDataLength;
      sizes.push([r.url, e.encodedDataLength]);
    }
    if (r?.type === "Stylesheet") css += e.encodedDataLength;
  });
  const times: number[] = [];
  const answer = await page.goto(url + path, { waitUntil: "networkidle", timeout: 90_000 }).catch(() => null);
  await page.waitForTimeout(500);
  const nav = () =>
    page.evaluate(() => {
      const n = performance.getEntriesByType("navigation")[0] as PerformanceNavigationTiming;
      return [Math.round(n.responseStart - n.requestStart), Math.round(n.responseEnd - n.requestStart)];
    });
  const snapshot = { js, css, count, prefetch, kinds: { ...kinds } };
  const firstTime = await nav();
  await page.reload({ waitUntil: "load" });
  times.push((await nav())[1] ?? 0);
  rows.push({
    path,
    at: new URL(page.url()).pathname,
    status: answer?.status(),
    jsKiB: Math.round(snapshot.js / 1024),
    cssKiB: Math.round(snapshot.css / 1024),
    requests: snapshot.count,
    prefetch: snapshot.prefetch,
    fetches: (snapshot.kinds["Fetch"] ?? 0) + (snapshot.kinds["XHR"] ?? 0),
    first: firstTime[1],
    again: times[0],
  });
  console.log(JSON.stringify(rows.at(-1)));
  await context.close();
}
writeFileSync(out, JSON.stringify(rows));
await browser.close();
