import { openDatabase } from "#db/client.ts";
import { migrateDatabase } from "#db/migrate.ts";
import { startTemporaryPostgres } from "#db/temporary.ts";
import { configureLog } from "#server/base/log.ts";
import { runPagingDrill } from "#server/testing/fixtures/paging/paging-drill.ts";
import { atLeast, atMost, type Row } from "./report.ts";

/** Simulated time between two looks. */
const tickMs = 60_000;

/**
 * Simulates 10,000 alerts that start, end and flap for 20 hours, with silences, acknowledgements, edits and killed processes, and reads
 * after every step from the database whether every page is being notified. `-- paging-drill 500 4 1` takes so many alerts and hours,
 * and lets each alert start or end so often an hour.
 */
export async function run(): Promise<Row[]> {
  const [alerts = 10_000, hours = 20, changesPerHour = 0.25] = process.argv.slice(3).map(Number);
  configureLog({ role: "drill", level: "silent" });
  const postgres = await startTemporaryPostgres();
  const { db, pool, close } = openDatabase(postgres.url, { max: 10, name: "paging-drill" });
  try {
    await migrateDatabase(pool);
    const result = await runPagingDrill({ db, pool, alerts, hours, changesPerHour, tickMs, seed: 16, onHour: print });
    for (const line of result.failures.slice(0, 50)) console.log(line);
    console.log(JSON.stringify(result.counts));
    return [
      atMost(0, { name: "violations", unit: "", leeway: result.violations.length }),
      atMost(0, { name: "failures", unit: "", leeway: result.failures.length }),
      atMost(0, { name: "pages-without-incident", unit: "", leeway: result.counts["pages without an incident"] ?? 0 }),
      atLeast(1, { name: "kills", unit: "", leeway: result.kills }),
      atLeast(1, { name: "looks", unit: "", leeway: result.looks }),
    ];
  } finally {
    await close();
    await postgres.stop();
  }
}

let printed = 0;

function print(
  hour: number,
  { looks, kills, violations }: { looks: number; kills: number; violations: string[] },
): void {
  console.log(`${hour} h: ${looks} looks, ${kills} kills, ${violations.length} violations`);
  for (const line of violations.slice(printed, printed + 20)) console.log(line);
  printed = violations.length;
}
