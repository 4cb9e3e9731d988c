import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OfflineEngine } from "#server/develop/features/offline/engine/offline-engine.ts";
import { seededRandom } from "#server/stats/random.ts";
import { compareSimulated } from "#server/testing/fixtures/features/compare-simulated.ts";
import { simulateStore } from "#server/testing/fixtures/features/simulated-store.ts";
import { addSkew } from "#server/watch/features/skew/add-counts.ts";
import { atLeast, atMost, type Row } from "./report.ts";

const [writes, lookUps] = [10_000, 100_000];

/**
 * Compares 100,000 random look-ups, over late, corrected and repeated rows, with the history that the writes left; and as many of a store whose copies
 * are too old, which must be found. Seeded; less than a minute.
 */
export async function run(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "leeway-feature-skew-"));
  const engine = await OfflineEngine.open({ folder, settings: { threads: 2 } });
  try {
    const known = async (prefix: string, fault: "none" | "old-copies") => {
      const store = await simulateStore(seededRandom(1), { writes, lookUps, fault });
      const started = performance.now();
      const tallies = await compareSimulated(engine, store, prefix);
      console.log(`${prefix}: compared in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
      return addSkew(tallies.filter(({ comparison }) => comparison === "known"));
    };
    const [sound, faulty] = [await known("sound", "none"), await known("faulty", "old-copies")];
    console.log(`${sound.compared} values of ${lookUps} look-ups; old copies: ${faulty.mismatched} values differ.`);
    return [
      atMost(0, { name: "served values that differ from what had arrived", unit: "values", leeway: sound.mismatched }),
      atLeast(1, { name: "values of old copies that were found", unit: "values", leeway: faulty.mismatched }),
    ];
  } finally {
    engine.close();
    rmSync(folder, { recursive: true });
  }
}
