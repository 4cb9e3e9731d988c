/**
 * Runs everything that CI runs: `npm test` for all suites, `npm test -- unit browser` for some.
 * The last line is "N passed, N failed" over all of them; suites that cannot run here are named and, in CI, fail.
 */
import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { runBrowser } from "./suite/browser.ts";
import { prepareClients, runClients, trainingPrograms } from "./suite/clients.ts";
import { runCommand, runVitest } from "./suite/command.ts";
import { keepTemporaryFilesInMemory } from "./suite/memory-files.ts";
import { type Outcome, report } from "./suite/outcome.ts";
import { ensurePromtool, ensureRedisServers, ensureVulkan } from "./suite/packages.ts";
import { type Stack, startStack } from "./suite/stack.ts";

const known = [
  "lint",
  "types",
  "dead",
  "unit",
  "integration",
  "start",
  "clients",
  "rollouts",
  "demo",
  "browser",
] as const;
type Suite = (typeof known)[number];
/** Suites that need the built product. */
const ofTheProduct: Suite[] = ["start", "clients", "rollouts", "demo", "browser"];

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
keepTemporaryFilesInMemory();
// A start of the product takes a quarter less of the processor when Node need not strip types and compile again.
process.env.NODE_COMPILE_CACHE ??= resolve(".cache/compiled");
const startedAt = Date.now();

// The fast gates first, alone; then two lanes, since the machine has two cores: tests of the sources, and the build with what uses the product as
// people do. The clients come when the journeys or the first lane end. Last, the rollouts, which measure seconds; the demo, which mostly waits,
// beside them.
const gates = [
  ...(await when("lint", () => runCommand("lint", "biome", ["ci", "."]))),
  ...(await when("types", () => runCommand("types", "npm", ["run", "--silent", "check:types"]))),
  ...(await when("dead", () => runCommand("dead", "knip", []))),
];
const building = ofTheProduct.some(wanted) ? runCommand("build", "npm", ["run", "--silent", "build"]) : undefined;
// The build keeps one core busy, so the clients are downloaded meanwhile. What fails says so when they are to run.
const preparing = wanted("clients") ? prepareClients() : undefined;
preparing?.catch(() => {});
const inside = insideTests();
const journeys = buildAndBrowse();
await Promise.race([inside, journeys]);
const starts = journeys.then(() => whenBuilt("start", runStart));
const lanes = await Promise.all([inside, journeys, starts, whenBuilt("clients", clients)]);
const alone = await Promise.all([
  whenBuilt("rollouts", () => runVitest("rollouts", ["--project", "rollouts"])),
  whenBuilt("demo", () => runVitest("demo", ["--project", "demo"])),
]);
process.exitCode = report([...gates, ...lanes.flat(), ...alone.flat()], Date.now() - startedAt) ? 0 : 1;

/** Waits until the clients are installed, and runs them. */
async function clients(): Promise<Outcome> {
  return withStack("clients", async (stack) => {
    await preparing;
    return runClients(stack);
  });
}

/** Tests of the sources. */
async function insideTests(): Promise<Outcome[]> {
  if (wanted("unit")) ensureVulkan();
  if (wanted("integration")) ensureRedisServers();
  return [
    ...(await when("unit", () => runVitest("unit", ["--project", "unit"]))),
    ...(await when("integration", integration)),
  ];
}

/** Tests with Postgres. Those that train on this machine need the Python of the clients. */
async function integration(): Promise<Outcome> {
  await preparing?.catch(() => {});
  const python = await trainingPrograms();
  if (python) process.env.LEEWAY_TEST_PYTHON ??= python;
  // Two at a time: they wait for other processes half of their time.
  return runVitest("integration", ["--project", "integration", "--maxWorkers=2"]);
}

function runStart(): Promise<Outcome> {
  ensurePromtool();
  return runVitest("start", ["--project", "start"]);
}

/** The build, which fails alone if it does, and the journeys of the browser. */
async function buildAndBrowse(): Promise<Outcome[]> {
  const build = await building;
  if (!build) return [];
  return [build, ...(await whenBuilt("browser", () => withStack("browser", runBrowser)))];
}

async function whenBuilt(name: Suite, run: () => Promise<Outcome>): Promise<Outcome[]> {
  return (await building)?.failed === 0 ? when(name, run) : [];
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
