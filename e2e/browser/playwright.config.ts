import { resolve } from "node:path";
import { defineConfig } from "@playwright/test";
import { browserArguments } from "../suite/browser-arguments.ts";

const executablePath = process.env.CHROMIUM_PATH;

export default defineConfig({
  testDir: ".",
  outputDir: resolve(".cache/browser"),
  // One Leeway for all journeys; two cores: the browser and the product share them.
  workers: 1,
  // A machine that is busy with the other suites, or whose memory is slow, takes ten times as long.
  timeout: 600_000,
  expect: { timeout: 180_000, toPass: { timeout: 180_000 } },
  forbidOnly: process.env.CI === "true",
  reporter: [
    ["list"],
    ["json", { outputFile: process.env.PLAYWRIGHT_JSON_OUTPUT_NAME ?? resolve(".cache/results/browser.json") }],
  ],
  use: {
    baseURL: process.env.LEEWAY_URL ?? "http://127.0.0.1:3000",
    viewport: { width: 1440, height: 900 },
    // No trace, which takes a quarter of the time of a journey: `playwright test --trace on` makes one.
    screenshot: "only-on-failure",
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      args: browserArguments,
    },
  },
});
