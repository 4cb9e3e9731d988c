import { existsSync, readFileSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { execute } from "./command.ts";
import type { Outcome } from "./outcome.ts";
import { ensureChromium, ensureCurl } from "./packages.ts";
import type { Stack } from "./stack.ts";

interface PlaywrightSuite {
  specs?: { title: string; file: string; ok: boolean }[];
  suites?: PlaywrightSuite[];
}

interface PlaywrightReport extends PlaywrightSuite {
  stats: { expected: number; unexpected: number; flaky: number; skipped: number };
}

/** Runs the journeys of e2e/browser in a real Chromium against a running Leeway. */
export async function runBrowser(stack: Stack): Promise<Outcome> {
  const startedAt = Date.now();
  const seconds = () => (Date.now() - startedAt) / 1000;
  const chromium = ensureChromium();
  ensureCurl();
  if (!chromium) {
    return {
      suite: "browser",
      passed: 0,
      failed: 0,
      skipped: ["No Chromium. Install it, or set CHROMIUM_PATH."],
      seconds: seconds(),
    };
  }
  // Playwright would read a relative path from the folder of its configuration.
  const file = resolve(".cache/results/browser.json");
  rmSync(file, { force: true });
  const code = await execute("playwright", ["test", "--config", "e2e/browser/playwright.config.ts"], {
    ...stack.environment,
    CHROMIUM_PATH: chromium,
    PLAYWRIGHT_JSON_OUTPUT_NAME: file,
  });
  if (!existsSync(file)) return { suite: "browser", passed: 0, failed: 1, skipped: [], seconds: seconds() };
  const report = JSON.parse(readFileSync(file, "utf8")) as PlaywrightReport;
  const { stats } = report;
  const failed = Math.max(stats.unexpected + stats.flaky, code === 0 ? 0 : 1);
  const skipped = stats.skipped > 0 ? [`${stats.skipped} browser tests`] : [];
  return {
    suite: "browser",
    passed: stats.expected,
    failed,
    skipped,
    failures: failuresIn(report),
    seconds: seconds(),
  };
}

function failuresIn({ specs = [], suites = [] }: PlaywrightSuite): string[] {
  const own = specs.filter(({ ok }) => !ok).map(({ file, title }) => `${file}: ${title}`);
  return [...own, ...suites.flatMap(failuresIn)];
}
