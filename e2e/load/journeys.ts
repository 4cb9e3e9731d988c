import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Browser, chromium } from "@playwright/test";
import { browserArguments } from "../suite/browser-arguments.ts";
import { ensureChromium } from "../suite/packages.ts";
import { type Effort, Hand } from "./journeys/hand.ts";
import { type Demo, type Walk, walks } from "./journeys/walks.ts";
import { atMost, type Row } from "./report.ts";
import { startDemo } from "./start-demo.ts";
import { signIn } from "./tracking/session.ts";

/** For the page of a faulty version, and whatever a busy machine needs. */
const stepTimeout = 60_000;

/**
 * Starts the demo and walks through it as five kinds of users do, each from Overview to what they came for: how often they click, press a key and fill in
 * a field, and how long it takes somebody who never hesitates. The peer is Leeway before its console was redrawn.
 */
export async function run(): Promise<Row[]> {
  await using running = await startDemo();
  await running.live;
  const demo = { url: running.url, token: (await readFile(join(running.folder, "demo-token"), "utf8")).trim() };
  const executablePath = ensureChromium();
  const browser = await chromium.launch({ ...(executablePath && { executablePath }), args: browserArguments });
  const rows: Row[] = [];
  try {
    const cookie = await signIn(demo.url, "demo@leeway.example", "fair-winds");
    for (const each of walks) rows.push(...rowsOf(each, await take(browser, { demo, cookie }, each)));
  } finally {
    await browser.close();
  }
  return rows;
}

async function take(browser: Browser, { demo, cookie }: { demo: Demo; cookie: string }, { prepare, walk }: Walk) {
  await prepare?.(demo);
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  try {
    const cookies = cookie.split("; ").map((pair) => pair.split(/=(.*)/s, 2));
    await context.addCookies(cookies.map(([name = "", value = ""]) => ({ name, value, url: demo.url })));
    const page = await context.newPage();
    page.setDefaultTimeout(stepTimeout);
    await page.goto(`${demo.url}/overview`, { waitUntil: "load" });
    const hand = new Hand(page);
    await walk(hand);
    return hand.effort();
  } finally {
    await context.close();
  }
}

function rowsOf({ name, before }: Walk, effort: Effort): Row[] {
  const steps = ({ clicks, keys, fields }: Walk["before"]) => clicks + keys + fields;
  const { clicks, keys, fields, seconds } = effort;
  console.log(`${name}: ${clicks} clicks, ${keys} keys, ${fields} fields, ${seconds.toFixed(1)} s`);
  return [atMost(steps(before), { name, unit: "steps", leeway: steps(effort) }, steps(before))];
}
