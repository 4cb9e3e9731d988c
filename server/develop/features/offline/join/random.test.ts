import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { seededRandom } from "#server/stats/random.ts";
import { compareRandomJoins } from "#server/testing/fixtures/features/random-joins.ts";
import { OfflineEngine } from "../engine/offline-engine.ts";

// `npm run bench -- point-in-time` compares ten times as many.
test("finds what brute force finds, in 1,000 random joins", async () => {
  const folder = mkdtempSync(join(tmpdir(), "leeway-random-joins-"));
  const engine = await OfflineEngine.open({ folder, settings: { threads: 2 } });
  try {
    const { rows, differences } = await compareRandomJoins(engine, seededRandom(18), 1000);
    expect(differences.slice(0, 3)).toEqual([]);
    expect(rows).toBeGreaterThan(3000);
  } finally {
    engine.close();
    rmSync(folder, { recursive: true });
  }
});
