import { expect, test } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { expectRefusal } from "../../../testing/fixtures/tracking/testing.ts";
import { createExperiment } from "../experiments/create-experiment.ts";
import { logBatch } from "../metrics/log-batch.ts";
import { createRun } from "./create-run.ts";
import { searchRuns } from "./queries.ts";

/** Runs a0, a1 … with the metric acc (NaN for every third, none for every fifth), and times that collide. */
async function newRuns(ctx: Context, count: number): Promise<number> {
  const experimentId = await createExperiment(ctx, { name: "search" });
  for (let index = 0; index < count; index++) {
    const { id: runId } = await createRun(ctx, { experimentId, name: `a${index}`, startedAt: Math.floor(index / 4) });
    const value = index % 3 === 0 ? Number.NaN : index % 4;
    const metrics = index % 5 === 0 ? [] : [{ key: "acc", value, timestamp: 1, step: 0 }];
    const tags = index % 2 === 0 ? [{ key: "k", value: ["B", "a", "b"][index % 3] ?? "" }] : [];
    await logBatch(ctx, { runId, metrics, params: [], tags });
  }
  return experimentId;
}

test.each([[[]], [["metrics.acc DESC"]], [["metrics.acc"]], [["tags.k", "run_name DESC"]], [["end_time"]]])(
  "returns all rows once over pages of any size, ordered by %j",
  (orderBy) =>
    inWorkspace(async (ctx) => {
      const experimentIds = [await newRuns(ctx, 23)];
      const whole = await searchRuns(ctx, { experimentIds, orderBy, limit: 100 });
      expect(whole.rows).toHaveLength(23);
      expect(whole.nextPageToken).toBeUndefined();
      const names: string[] = [];
      let pageToken: string | undefined;
      do {
        const page = await searchRuns(ctx, { experimentIds, orderBy, limit: 4, pageToken });
        names.push(...page.rows.map(({ name }) => name));
        pageToken = page.nextPageToken;
      } while (pageToken);
      expect(names).toEqual(whole.rows.map(({ name }) => name));
    })(),
);

test(
  "continues after the last row of the previous page, even when runs were added",
  inWorkspace(async (ctx) => {
    const experimentId = await newRuns(ctx, 6);
    const first = await searchRuns(ctx, { experimentIds: [experimentId], limit: 3 });
    await createRun(ctx, { experimentId, startedAt: 1_000 });
    const second = await searchRuns(ctx, {
      experimentIds: [experimentId],
      limit: 3,
      pageToken: first.nextPageToken,
    });
    const ids = [...first.rows, ...second.rows].map(({ id }) => id);
    expect(new Set(ids).size).toBe(6);
  }),
);

test(
  "rejects a page token of another search",
  inWorkspace(async (ctx) => {
    const experimentIds = [await newRuns(ctx, 3)];
    const { nextPageToken: pageToken } = await searchRuns(ctx, { experimentIds, limit: 1 });
    const other = searchRuns(ctx, { experimentIds, filter: "metrics.acc > 0", limit: 1, pageToken });
    await expectRefusal(other, "invalid", "another filter or order");
  }),
);

test("reports Postgres pattern errors as invalid input", async () => {
  const { db } = await freshDatabase();
  const ctx = await newWorkspace(db);
  const experimentIds = [await newRuns(ctx, 2)];
  const search = (filter: string) => searchRuns(ctx, { experimentIds, filter, limit: 10 });
  await expectRefusal(search("run_name LIKE 'a\\'"), "invalid", "backslash");
  await expectRefusal(search("run_name RLIKE '('"), "invalid", "regular expression");
  expect((await search("run_name RLIKE '^a[01]$' AND NOT run_name = 'a1'")).rows.map(({ name }) => name)).toEqual([
    "a0",
  ]);
});

test(
  "never interprets filter content as SQL",
  inWorkspace(async (ctx) => {
    const experimentIds = [await newRuns(ctx, 2)];
    const filter = "params.`x' or true --` = '\\'' or true --\" AND tags.\"k\"\" = 'y'";
    await expectRefusal(searchRuns(ctx, { experimentIds, filter, limit: 10 }), "invalid");
    const odd = "params.`a'; drop table runs; --` = '''; drop table runs; --' OR run_name = \"a0\"";
    expect((await searchRuns(ctx, { experimentIds, filter: odd, limit: 10 })).rows).toHaveLength(1);
  }),
);

test(
  "puts as many complete runs on a page as fit into its bytes, and continues with the next one",
  inWorkspace(async (ctx) => {
    const experimentId = await createExperiment(ctx, { name: "large runs" });
    const tags = Array.from({ length: 200 }, (_, index) => ({ key: `t${index}`, value: "x".repeat(8_000) }));
    // 1.6 MB each: five fit into 8 MiB.
    const ids: string[] = [];
    for (let index = 0; index < 12; index += 1) {
      ids.unshift((await createRun(ctx, { experimentId, startedAt: index, tags })).id);
    }
    const pages: string[][] = [];
    let pageToken: string | undefined;
    do {
      const filter = "tags.t0 LIKE 'x%'";
      const { rows, nextPageToken } = await searchRuns(ctx, {
        experimentIds: [experimentId],
        filter,
        limit: 100,
        pageToken,
      });
      for (const run of rows) expect(run.tags).toHaveLength(201);
      expect(JSON.stringify(rows).length).toBeLessThan(9 * 2 ** 20);
      pages.push(rows.map(({ id }) => id));
      pageToken = nextPageToken;
    } while (pageToken);
    expect(pages.map((page) => page.length)).toEqual([5, 5, 2]);
    expect(pages.flat()).toEqual(ids);
  }),
);
