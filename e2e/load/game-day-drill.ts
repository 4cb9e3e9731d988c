import { parseArgs } from "node:util";
import type { FaultKind } from "#server/serve/faults/contract.ts";
import { Conductor } from "./game-day-drill/conductor.ts";
import { planFaults, type Sources } from "./game-day-drill/faults.ts";
import { endpoints, openFixture, ratePerSecond } from "./game-day-drill/fixture.ts";
import { type HeldDay, holdDay, printDays, readReports, rowsOf } from "./game-day-drill/hold-day.ts";
import { interruptions } from "./game-day-drill/interruptions.ts";
import { startJob, stopJob } from "./game-day-drill/job.ts";
import { openPager } from "./game-day-drill/pager.ts";
import { Product } from "./game-day-drill/product.ts";
import { Traffic } from "./game-day-drill/traffic.ts";
import { atLeast, type Row } from "./report.ts";

/** Rows of the feature view stay younger than their limit. */
const pushMs = 60_000;

/**
 * Holds a game day for each fault in the running product, by REST alone, beside traffic to several endpoints; then ends faults by killing the worker, by
 * stopping Postgres, by restarting gateways without it, by an error budget, and by a member. Says when each fault was visible, detected, notified and
 * gone, and whether what is reported is what clients saw. The console has to be built: `-- game-day-drill --only latency,worker-killed --minutes 1`.
 */
export async function run(): Promise<Row[]> {
  const { values } = parseArgs({
    allowPositionals: true,
    options: { only: { type: "string" }, minutes: { type: "string", default: "1" } },
  });
  const minutes = Number(values.minutes);
  const chosen = values.only?.split(",");
  const isChosen = (name: string) => chosen?.includes(name) ?? true;
  await using opened = new AsyncDisposableStack();
  const product = opened.use(await Product.open());
  const pager = await openPager();
  opened.defer(() => pager.close());
  const fixture = await openFixture(product, pager);
  const job = isChosen("job-preempted") ? await startJob(product.target) : "";
  if (job) opened.defer(() => stopJob(product.target, job));
  const conductor = await Conductor.open(product);
  opened.defer(() => conductor.close());
  const traffic = new Traffic(product.target);
  opened.defer(() => traffic.stop());
  for (const endpoint of Object.values(endpoints))
    traffic.start(endpoint, fixture.bodies[endpoint] ?? [], ratePerSecond);
  const pushing = setInterval(() => void fixture.push().catch(() => {}), pushMs);
  opened.defer(() => clearInterval(pushing));
  const sources: Sources = { product, conductor, traffic, pager, fixture };

  const days: HeldDay[] = [];
  const rows: Row[] = [];
  for (const [kind, plan] of Object.entries(planFaults(fixture, job))) {
    if (!isChosen(kind)) continue;
    await attempt(kind, rows, async () => {
      console.log(`${new Date().toISOString().slice(11, 19)} ${kind}`);
      const day = await holdDay(kind as FaultKind, plan, sources, minutes);
      days.push(day);
      printDays([day], await readReports([day], sources, { waits: false }));
    });
  }
  for (const [name, interrupt] of Object.entries(interruptions)) {
    if (!isChosen(name)) continue;
    await attempt(name, rows, async () => {
      console.log(`${new Date().toISOString().slice(11, 19)} ${name}`);
      const found = await interrupt(sources);
      for (const { name, leeway, unit, ok } of found) console.log(`  ${name}: ${leeway} ${unit}${ok ? "" : " MISSED"}`);
      rows.push(...found);
    });
  }
  const reports = await readReports(days, sources, { waits: true });
  console.log("\nWith what the reports say now:");
  printDays(days, reports);
  return [...reports.flatMap((report, index) => rowsOf(days[index] as HeldDay, report)), ...rows];
}

/** Does one part of the drill; the others follow even if it fails, which is a row. */
async function attempt(name: string, rows: Row[], part: () => Promise<void>): Promise<void> {
  try {
    await part();
  } catch (error) {
    console.log(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    rows.push(atLeast(1, { name: `${name}: held`, unit: "", leeway: 0 }));
  }
}
