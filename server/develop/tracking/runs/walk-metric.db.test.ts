import type { SQL } from "drizzle-orm";
import { expect, test } from "vitest";
import type { Context } from "#server/base/context.ts";
import { seededRandom } from "#server/stats/random.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { pick } from "../../../testing/fixtures/tracking/search/testing.ts";
import { addRun } from "../../../testing/fixtures/tracking/tables/testing.ts";
import { createExperiment } from "../experiments/create-experiment.ts";
import { findRunIds, type RunSearch } from "./find-runs.ts";

interface Fixture {
  id: string;
  startedAt: number;
  isDeleted: boolean;
  acc: number | undefined;
  lr: string;
}

const values = [0.5, 0.5, 0.25, 0, -1, 1e300, Number.MAX_VALUE, -Number.MAX_VALUE];

/** Creates runs with equal metrics and times, NaN or missing metrics, and some deleted runs. */
async function addRuns(ctx: Context, count: number, seed: number) {
  const random = seededRandom(seed);
  const experimentId = await createExperiment(ctx, { name: `walk ${seed}` });
  const fixtures: Fixture[] = [];
  for (let index = 0; index < count; index++) {
    const roll = random();
    const acc = roll < 0.1 ? undefined : roll < 0.2 ? Number.NaN : roll < 0.6 ? pick(random, values) : random();
    const isDeleted = random() < 0.1;
    const [startedAt, lr] = [Math.floor(random() * 4), pick(random, ["0.1", "0.01"])];
    const metrics = acc === undefined ? undefined : { acc: [acc] };
    const row = { startedAt, params: { lr }, ...(isDeleted && { deletedAt: 1 }) };
    fixtures.push({
      id: await addRun(ctx, experimentId, { ...row, ...(metrics && { metrics }) }),
      ...row,
      isDeleted,
      acc,
      lr,
    });
  }
  return { experimentId, fixtures };
}

/** Sorts in the specified order: numbers, NaN, missing; then newest first; then by id. */
function inOrder(fixtures: readonly Fixture[], isDescending: boolean): string[] {
  const rank = ({ acc }: Fixture) => (acc === undefined ? 2 : Number.isNaN(acc) ? 1 : 0);
  const sign = isDescending ? -1 : 1;
  const byValue = (a = 0, b = 0) => (a === b ? 0 : a < b ? -sign : sign);
  return fixtures
    .toSorted(
      (a, b) =>
        rank(a) - rank(b) ||
        (rank(a) === 0 ? byValue(a.acc, b.acc) : 0) ||
        b.startedAt - a.startedAt ||
        (a.id < b.id ? -1 : 1),
    )
    .map(({ id }) => id);
}

async function readByToken(ctx: Context, search: RunSearch, limit: number): Promise<string[]> {
  const found: string[] = [];
  let pageToken: string | undefined;
  do {
    const page = await findRunIds(ctx, { ...search, limit, pageToken });
    found.push(...page.rows);
    pageToken = page.nextPageToken;
  } while (pageToken);
  return found;
}

test.each([1, 2, 3])("pages by a metric in the order of all sorted runs, by token and by offset (%j)", (seed) =>
  inWorkspace(async (ctx) => {
    const { experimentId, fixtures } = await addRuns(ctx, 90, seed);
    // Runs of other experiments and of other workspaces must not affect the result.
    await addRuns(ctx, 30, seed + 100);
    await addRuns(await newWorkspace(ctx.db), 30, seed);
    const active = fixtures.filter(({ isDeleted }) => !isDeleted);
    for (const isDescending of [true, false]) {
      const orderBy = [`metrics.acc ${isDescending ? "DESC" : "ASC"}`];
      const search = { experimentIds: [experimentId], orderBy };
      const expected = inOrder(active, isDescending);
      for (const limit of [1, 2, 7, 200]) expect(await readByToken(ctx, search, limit)).toEqual(expected);
      for (const offset of [0, 1, 13, 60, 88]) {
        const { rows } = await findRunIds(ctx, { ...search, offset, limit: 5 });
        expect(rows).toEqual(expected.slice(offset, offset + 5));
      }
      const filtered = { ...search, filter: "params.lr = '0.1' AND metrics.acc < 0.5" };
      const wanted = inOrder(
        active.filter(({ acc = Number.NaN, lr }) => lr === "0.1" && acc < 0.5),
        isDescending,
      );
      for (const limit of [1, 3]) expect(await readByToken(ctx, filtered, limit)).toEqual(wanted);
      const trash = inOrder(
        fixtures.filter(({ isDeleted }) => isDeleted),
        isDescending,
      );
      expect(await readByToken(ctx, { ...search, viewType: "DELETED_ONLY" }, 1)).toEqual(trash);
    }
  })(),
);

test(
  "needs a second query for the first page only when the index holds too few runs",
  inWorkspace(async (ctx) => {
    const experimentId = await createExperiment(ctx, { name: "few" });
    const [low, high] = [
      await addRun(ctx, experimentId, { metrics: { acc: [1] } }),
      await addRun(ctx, experimentId, { metrics: { acc: [2] } }),
    ];
    const without = await addRun(ctx, experimentId);
    let queries = 0;
    const counted: Context["db"] = Object.create(ctx.db, {
      execute: {
        value: (query: SQL) => {
          queries++;
          return ctx.db.execute(query);
        },
      },
    });
    const find = async (limit: number) => {
      queries = 0;
      const search = { experimentIds: [experimentId], orderBy: ["metrics.acc DESC"], limit };
      return [(await findRunIds({ ...ctx, db: counted }, search)).rows, queries];
    };
    expect(await find(1)).toEqual([[high], 1]);
    expect(await find(2)).toEqual([[high, low], 2]);
    expect(await find(3)).toEqual([[high, low, without], 2]);
  }),
);
