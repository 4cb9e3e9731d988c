import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OfflineEngine } from "#server/develop/features/offline/engine/offline-engine.ts";
import { seededRandom } from "#server/stats/random.ts";
import { compareRandomJoins } from "#server/testing/fixtures/features/random-joins.ts";
import { atMost, type Row } from "./report.ts";

const cases = 10_000;

/** Compares point-in-time joins of random histories with a search through every row. Seeded; about a minute. */
export async function run(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "leeway-point-in-time-"));
  const engine = await OfflineEngine.open({ folder, settings: { threads: 2 } });
  try {
    const { rows, differences } = await compareRandomJoins(engine, seededRandom(1), cases);
    for (const difference of differences.slice(0, 5)) console.log(difference);
    console.log(`${cases} random joins, ${rows} values compared.`);
    return [atMost(0, { name: "values that differ from brute force", unit: "values", leeway: differences.length })];
  } finally {
    engine.close();
    rmSync(folder, { recursive: true });
  }
}
