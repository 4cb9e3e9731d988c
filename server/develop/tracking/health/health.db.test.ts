import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { runFindings, runs } from "#db/schema/index.ts";
import { rolledBack } from "#db/testing.ts";
import { type Context, systemContext } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { auditedActions, newRun, point } from "../../../testing/fixtures/tracking/testing.ts";
import { setExperimentTag } from "../experiments/set-experiment-tag.ts";
import { logBatch } from "../metrics/log-batch.ts";
import { searchRuns } from "../runs/queries.ts";
import { updateRun } from "../runs/update-run.ts";
import { checkRunHealth } from "./check-run-health.ts";
import { listRunFindings, listWorkspaceFindings } from "./queries.ts";
import { watchRuns } from "./watch-runs.ts";

configureLog({ role: "test", level: "silent" });

const log = (ctx: Context, runId: string, values: number[], from = 0) =>
  logBatch(ctx, {
    runId,
    metrics: values.map((value, index) => point("loss", value, from + index, { timestamp: 1000 + from + index })),
    params: [],
    tags: [],
  });
const open = (ctx: Context, runId: string) => listRunFindings(ctx, { runIds: [runId] });
const watch = (ctx: Context) => watchRuns(systemContext(ctx.db, "", "watch-runs"));

test(
  "finds NaN at the next check, reports it once, and closes it when it is over",
  inWorkspace(async (ctx) => {
    const { runId, experimentId } = await newRun(ctx);
    await log(ctx, runId, [1, 0.5, Number.NaN]);
    await watch(ctx);
    const [found] = await open(ctx, runId);
    expect(found).toMatchObject({ kind: "nan", metric: "loss", step: 2, since: 1002, until: null });
    await checkRunHealth(ctx, { runIds: [runId], now: Date.now() });
    await watch(ctx);
    expect(await open(ctx, runId)).toEqual([found]);
    expect((await auditedActions(ctx)).filter((action) => action.startsWith("run.finding"))).toEqual([
      "run.finding-opened",
    ]);
    expect(await listWorkspaceFindings(ctx, {})).toMatchObject([{ runId, runName: "run", experimentId }]);

    await log(ctx, runId, [0.4], 3);
    await watch(ctx);
    expect(await open(ctx, runId)).toEqual([]);
    expect(await listRunFindings(ctx, { runIds: [runId], withPast: true })).toMatchObject([
      { id: found?.id, until: expect.any(Number) },
    ]);
    expect((await auditedActions(ctx)).at(-1)).toBe("run.finding-closed");
  }),
);

test(
  "finds a stale run when its limit passes without updates, and closes the finding when it logs",
  inWorkspace(async (ctx) => {
    const { runId } = await newRun(ctx);
    await setExperimentTag(ctx, {
      experimentId: (await newRun(ctx, "another")).experimentId,
      key: "leeway.health.silent_minutes",
      value: "1",
    });
    await log(ctx, runId, [1]);
    await watch(ctx);
    expect(await open(ctx, runId)).toEqual([]);
    const { updatedAt } = (await ctx.db.select().from(runs).where(eq(runs.id, runId)))[0] ?? { updatedAt: 0 };
    await checkRunHealth(ctx, { runIds: [runId], now: updatedAt + 15 * 60_000 });
    expect(await open(ctx, runId)).toMatchObject([{ kind: "silent", since: updatedAt }]);
    await log(ctx, runId, [1], 1);
    await watch(ctx);
    expect(await open(ctx, runId)).toEqual([]);
  }),
);

test(
  "finds runs that are due to be stale",
  inWorkspace(async (ctx) => {
    const { runId } = await newRun(ctx);
    await log(ctx, runId, [1]);
    await watch(ctx);
    // As if twenty minutes had passed.
    await ctx.db.execute(`update runs set updated_at = updated_at - 1200000 where id = '${runId}'`);
    await ctx.db.execute(
      `update run_health_checks set seen_updated_at = seen_updated_at - 1200000, due_at = due_at - 1200000 where run_id = '${runId}'`,
    );
    await watch(ctx);
    expect(await open(ctx, runId)).toMatchObject([{ kind: "silent" }]);
  }),
);

test(
  "keeps the NaN finding when a run ends, and filters runs by health",
  inWorkspace(async (ctx) => {
    const { runId, experimentId } = await newRun(ctx);
    await log(ctx, runId, [1, Number.NaN]);
    await updateRun(ctx, { runId, status: "FAILED", endedAt: 5000 });
    await watch(ctx);
    expect(await open(ctx, runId)).toMatchObject([{ kind: "nan" }]);
    const found = async (filter: string) =>
      (await searchRuns(ctx, { experimentIds: [experimentId], filter, limit: 10 })).rows.length;
    expect(await found("health = 'nan'")).toBe(1);
    expect(await found("attributes.health IN ('silent', 'plateau')")).toBe(0);
  }),
);

test(
  "ignores a metric that was always NaN unless it is a loss",
  inWorkspace(async (ctx) => {
    const { runId } = await newRun(ctx);
    const metrics = [point("auc_of_empty_class", Number.NaN), point("accuracy", 1, 1)];
    await logBatch(ctx, { runId, metrics, params: [], tags: [] });
    await watch(ctx);
    expect(await open(ctx, runId)).toEqual([]);
  }),
);

test("checks every workspace, and shows each only its own findings", () =>
  rolledBack(async (db) => {
    const [one, two] = [await newWorkspace(db), await newWorkspace(db)];
    const runIds = [];
    for (const ctx of [one, two]) {
      const { runId } = await newRun(ctx);
      await log(ctx, runId, [Number.NaN]);
      runIds.push(runId);
    }
    await watch(one);
    expect(await db.select().from(runFindings)).toHaveLength(2);
    expect((await listRunFindings(one, { runIds })).map(({ runId }) => runId)).toEqual(runIds.slice(0, 1));
    expect(await listWorkspaceFindings(two, {})).toHaveLength(1);
  }));
