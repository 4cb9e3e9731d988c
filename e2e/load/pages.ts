import { chromium } from "@playwright/test";
import { allNavItems } from "#components/shell/nav-items.ts";
import { endpointTabHref, endpointTabs } from "#server/serve/endpoints/constants.ts";
import { browserArguments } from "../suite/browser-arguments.ts";
import { ensureChromium } from "../suite/packages.ts";
import { type MeasuredPage, measurePage } from "./pages/measure-page.ts";
import { atMost, type Row } from "./report.ts";
import { startDemo } from "./start-demo.ts";
import { signIn } from "./tracking/session.ts";

/** The endpoint of the demo with traffic, labels, drift, SLOs and incidents. */
const endpoint = "flight-delay";
const paths = [
  ...allNavItems.map(({ href }) => href),
  "/help",
  "/getting-started",
  ...endpointTabs.map((tab) => endpointTabHref(endpoint, tab)),
  "/rollouts/new",
  "/experiments/digits?view=charts",
  "/experiments/digits?view=table",
];

/**
 * Starts the demo and opens its main pages in Chromium, each with an empty cache: what their scripts weigh, how many requests they make, and how long
 * the server takes for the first and the second view.
 */
export async function run(): Promise<Row[]> {
  await using demo = await startDemo();
  await demo.live;
  const cookie = await signIn(demo.url, "demo@leeway.example", "fair-winds");
  const executablePath = ensureChromium();
  const browser = await chromium.launch({ ...(executablePath && { executablePath }), args: browserArguments });
  const pages: MeasuredPage[] = [];
  try {
    for (const path of paths) pages.push(await measurePage(browser, { url: demo.url, path, cookie }));
  } finally {
    await browser.close();
  }
  print(pages);
  return rowsOf(pages);
}

function rowsOf(pages: readonly MeasuredPage[]): Row[] {
  const scripts = pages.map((page) => page.scripts);
  const overview = pages.find(({ path }) => path === "/overview")?.requests ?? Number.NaN;
  const slowest = pages.toSorted((one, other) => other.firstView - one.firstView)[0];
  return [
    atMost(170, { name: "scripts of the lightest page", unit: "KiB", leeway: Math.min(...scripts) }),
    atMost(350, { name: "scripts of the heaviest page", unit: "KiB", leeway: Math.max(...scripts) }),
    // Before it, Overview made 155, of which 103 fetched pages that nobody had asked for.
    atMost(50, { name: "requests of Overview", unit: "", leeway: overview }),
    atMost(1, {
      name: `first view on the server, slowest (${slowest?.path})`,
      unit: "s",
      leeway: slowest?.firstView ?? Number.NaN,
    }),
  ];
}

function print(pages: readonly MeasuredPage[]): void {
  const line = (...cells: string[]) => console.log(cells.map((cell, at) => cell.padEnd(at === 0 ? 44 : 14)).join(""));
  line("page", "scripts, KiB", "requests", "first view, s", "second, s");
  for (const { path, scripts, requests, firstView, secondView } of pages) {
    line(path, scripts.toFixed(0), `${requests}`, firstView.toFixed(2), secondView.toFixed(2));
  }
  console.log();
}
