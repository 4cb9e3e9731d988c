import { expect, test } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import { configureLog } from "#server/base/log.ts";
import { runPagingDrill } from "#server/testing/fixtures/paging/paging-drill.ts";

configureLog({ role: "test", level: "silent" });

test("pages for every page, and for nothing else, through two hours of flapping, silences and kills", async () => {
  const { db, pool } = await freshDatabase();
  const result = await runPagingDrill({ db, pool, alerts: 120, hours: 2, changesPerHour: 1, tickMs: 60_000, seed: 16 });
  expect(result.violations.slice(0, 5)).toEqual([]);
  expect(result.failures.slice(0, 5)).toEqual([]);
  expect(result.kills).toBeGreaterThan(5);
  expect(result.counts["pages without an incident"]).toBe(0);
  expect(result.counts.escalations).toBeGreaterThan(5);
});
