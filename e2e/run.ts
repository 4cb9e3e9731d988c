/**
 * Runs everything that CI runs: `npm test` for all suites, `npm test -- unit browser` for some.
 * The last line is "N passed, N failed" over all of them; suites that cannot run here are named and, in CI, fail.
 */
import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { runBrowser } from "./suite/browser.ts";
import { prepareClients, runClients } from "./suite/clients.ts";
import { runCommand, runVitest } from "./suite/command.ts";
import { type Outcome, report } from "./suite/outcome.ts";
import { ensurePromtool, ensureRedisServers, ensureVulkan } from "./suite/packages.ts";
import { type Stack, startStack } from "./suite/stack.ts";

const known = ["lint", "types", "dead", "unit", "integration", "start", "clients", "demo", "browser"] as const;
type Suite = (typeof known)[number];
/** Suites that need the built product. */
const ofTheProduct: Suite[] = ["start", "clients", "demo", "browser"];

const requested = process.argv.slice(2);
const unknown = requested.find((name) => !known.includes(name as Suite));
if (unknown) {
  console.error(`There is no suite "${unknown}". Suites: ${known.join(", ")}.`);
  process.exit(2);
}
const wanted = (name: Suite): boolean => requested.length === 0 || requested.includes(name);
const when = async (name: Suite, run: () => Promise<Outcome>): Promise<Outcome[]> =>
  wanted(name) ? [await run()] : [];

mkdirSync(".cache/results", { recursive: true });
// A start of the product takes a quarter less of the processor when Node need not strip types and compile again.
process.env.NODE_COMPILE_CACHE ??= resolve(".cache/compiled");
const startedAt = Date.now();

// The fast gates first, alone; then two lanes, since the machine has two cores, of about the same length. Last and alone, the start of the
// product, which measures seconds.
const gates = [
  ...(await when("lint", () => runCommand("lint", "biome", ["ci", "."]))),
  ...(await when("types", () => runCommand("types", "npm", ["run", "--silent", "check:types"]))),
  ...(await when("dead", () => runCommand("dead", "knip", []))),
];
const building = ofTheProduct.some(wanted) ? buildProduct() : undefined;
const [inside, outside] = await Promise.all([insideTests(), journeys()]);
const start = (await building)?.failed === 0 ? await when("start", runStart) : [];
process.exitCode = report([...gates, ...inside, ...outside, ...start], Date.now() - startedAt) ? 0 : 1;

/** Builds the product, which keeps one core busy, and downloads the clients meanwhile. */
async function buildProduct(): Promise<Outcome> {
  const [build] = await Promise.all([
    runCommand("build", "npm", ["run", "--silent", "build"]),
    wanted("clients") && prepareClients(),
  ]);
  return build;
}

/** Tests of the sources, then of the clients. */
async function insideTests(): Promise<Outcome[]> {
  if (wanted("unit")) ensureVulkan();
  if (wanted("integration")) ensureRedisServers();
  return [
    ...(await when("unit", () => runVitest("unit", ["--project", "unit"]))),
    ...(await when("integration", () => runVitest("integration", ["--project", "integration"]))),
    ...((await building)?.failed === 0 ? await when("clients", () => withStack("clients", runClients)) : []),
  ];
}

function runStart(): Promise<Outcome> {
  ensurePromtool();
  return runVitest("start", ["--project", "start"]);
}

async function journeys(): Promise<Outcome[]> {
  const build = await building;
  if (!build || build.failed > 0) return build ? [build] : [];
  return [
    build,
    ...(await when("browser", () => withStack("browser", runBrowser))),
    // It is mostly waited for: it has a story to tell, minute by minute.
    ...(await when("demo", () => runVitest("demo", ["--project", "demo"]))),
  ];
}

/** Runs a suite with a running product. If the product does not start or the suite crashes, it counts as one failure; others continue. */
async function withStack(suite: Suite, run: (stack: Stack) => Promise<Outcome>): Promise<Outcome> {
  try {
    await using stack = await startStack();
    return await run(stack);
  } catch (error) {
    console.error(error);
    return { suite, passed: 0, failed: 1, skipped: [], seconds: 0 };
  }
}
