import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { OfflineEngine } from "#server/develop/features/offline/engine/offline-engine.ts";
import { decodeEntityKey } from "#server/develop/features/rows/entity-key.ts";
import { seededRandom } from "#server/stats/random.ts";
import { compareSimulated } from "#server/testing/fixtures/features/compare-simulated.ts";
import { type SimulatedStore, simulateStore, trueRows } from "#server/testing/fixtures/features/simulated-store.ts";
import { addSkew } from "./add-counts.ts";
import type { ViewSkewTally } from "./contract.ts";

const folder = mkdtempSync(join(tmpdir(), "leeway-skew-"));
const engine = await OfflineEngine.open({ folder, settings: { threads: 2 } });
afterAll(() => {
  engine.close();
  rmSync(folder, { recursive: true });
});

let stores = 0;
const compare = (store: SimulatedStore): Promise<ViewSkewTally[]> =>
  compareSimulated(engine, store, `simulated_${stores++}`);

const known = (tallies: readonly ViewSkewTally[]) =>
  addSkew(tallies.filter(({ comparison }) => comparison === "known"));

// docs/spec/features.md section 18.7; `npm run bench -- feature-skew` has 100,000 look-ups.
test("no served value differs from what had arrived, over random look-ups with late, corrected and repeated rows", async () => {
  const store = await simulateStore(seededRandom(1), { writes: 1_000, lookUps: 10_000 });
  const tallies = await compare(store);
  expect(known(tallies)).toMatchObject({ compared: 30_000, mismatched: 0, causes: {} });
  const trueRow = trueRows(store);
  // What is true, by a search through every row.
  for (const name of ["trips", "rate"] as const) {
    let mismatched = 0;
    let isNull = 0;
    for (const { servedAt, views } of store.predictions) {
      const [view] = views;
      const values = view?.features.find((feature) => feature.name === name)?.values ?? [];
      for (const [row, { key }] of (view?.rows ?? []).entries()) {
        const [driver] = decodeEntityKey(["int64"], Buffer.from(key ?? "", "hex"));
        const truth = trueRow(Number(driver), servedAt)?.[name] ?? null;
        if (truth !== values[row]) mismatched += 1;
        if (truth !== values[row] && values[row] === null) isNull += 1;
      }
    }
    const tally = tallies.find(({ feature, comparison }) => feature === name && comparison === "true");
    expect(tally).toMatchObject({ compared: 10_000, mismatched, missing: isNull });
    expect(mismatched).toBeGreaterThan(100);
    // Each mismatch has a cause, and late and corrected rows are among them.
    const { unknown = 0, ...causes } = tally?.causes ?? {};
    expect(unknown).toBe(0);
    expect(Object.keys(causes)).toEqual(expect.arrayContaining(["late", "corrected", "clock ahead", "history only"]));
  }
});

// Copies of up to a minute, and an older event in the place of a newer one.
test.each(["old-copies", "last-write-wins"] as const)("finds a store with %s", async (fault) => {
  const tallies = await compare(await simulateStore(seededRandom(2), { writes: 500, lookUps: 2_000, fault }));
  const { compared, mismatched, causes } = known(tallies);
  expect(mismatched / compared).toBeGreaterThan(0.001);
  expect(causes["stale copy"]).toBeGreaterThan(0.8 * mismatched);
});
