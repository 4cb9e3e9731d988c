import { mkdirSync } from "node:fs";
import { chromium } from "@playwright/test";

const [url = "", ...paths] = process.argv.slice(2);
const out = process.env.SHOTS ?? "/tmp/w/s24/shots";
mkdirSync(out, { recursive: true });
const only = (process.env.ONLY ?? "light,dark,phone").split(",");
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
const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: "light" });
const page = await context.newPage();
page.on("console", (m) => {
  if (m.type() === "error") console.log("CONSOLE", page.url(), m.text().slice(0, 300));
});
page.on("pageerror", (e) => console.log("PAGEERROR", page.url(), String(e).slice(0, 300)));
await page.goto(`${url}/login`);
await page.getByLabel("Email").fill(process.env.EMAIL ?? "demo@leeway.example");
await page.locator("#password").fill(process.env.PASSWORD ?? "fair-winds");
await page.getByRole("button", { name: "Sign in" }).click();
await page.waitForURL((u) => !u.pathname.startsWith("/login"), { timeout: 60_000 });
for (const path of paths) {
  const name = path.replace(/[^a-z0-9]+/gi, "_").replace(/^_|_$/g, "") || "root";
  for (const kind of only) {
    await page.setViewportSize(
      kind === "phone"
        ? { width: 390, height: 844 }
        : kind === "wide1100"
          ? { width: 1100, height: 800 }
          : { width: 1440, height: 900 },
    );
    await page.emulateMedia({ colorScheme: kind === "dark" ? "dark" : "light" });
    const answer = await page.goto(url + path, { waitUntil: "networkidle", timeout: 60_000 }).catch((e) => {
      console.log(String(e).slice(0, 120));
      return null;
    });
    await page.waitForTimeout(1200);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    console.log(answer?.status(), page.url(), kind, overflow > 0 ? `OVERFLOW ${overflow}` : "");
    await page.screenshot({ path: `${out}/${name}-${kind}.png`, fullPage: process.env.FULL === "1" });
  }
}
await browser.close();
