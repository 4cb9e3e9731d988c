import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { runs, workspaces } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { createRegisteredModel } from "#server/develop/registry/models/create-registered-model.ts";
import { createModelVersion } from "#server/develop/registry/versions/create-model-version.ts";
import { createExperiment } from "#server/develop/tracking/experiments/create-experiment.ts";
import { deleteExperiment } from "#server/develop/tracking/experiments/delete-experiment.ts";
import { createRun } from "#server/develop/tracking/runs/create-run.ts";
import { deleteRun } from "#server/develop/tracking/runs/delete-run.ts";
import { lastAudit } from "#server/testing/fixtures/registry/testing.ts";
import { expectRefusal } from "#server/testing/fixtures/tracking/testing.ts";
import { as, inWorkspace } from "#server/testing/testing.ts";
import { applyRetention } from "./apply-retention.ts";
import { listTrash } from "./list-trash.ts";
import { listPurges } from "./queries.ts";
import { getExperimentRetention, getRetention } from "./retention-queries.ts";
import { setExperimentRetention } from "./set-experiment-retention.ts";
import { setRetention } from "./set-retention.ts";

const never = { deleteRunsAfterDays: null, purgeAfterDays: null };

/** Creates a run whose last write was the given number of days ago. */
async function runOf(ctx: Context, experimentId: number, name: string, daysAgo: number): Promise<string> {
  const { id } = await createRun(ctx, { experimentId, name });
  await ctx.db
    .update(runs)
    .set({ updatedAt: Date.now() - daysAgo * dayMs })
    .where(eq(runs.id, id));
  return id;
}

const trashed = async (ctx: Context) => (await listTrash(ctx, {})).items.map(({ name }) => name).sort();

test(
  "deletes no run without a rule, and keeps trashed items for 30 days",
  inWorkspace(async (ctx) => {
    const experimentId = await createExperiment(ctx, { name: "e" });
    await runOf(ctx, experimentId, "ancient", 5000);
    const fresh = await runOf(ctx, experimentId, "fresh", 0);
    const old = await runOf(ctx, experimentId, "old", 0);
    for (const id of [fresh, old]) await deleteRun(ctx, id);
    await ctx.db
      .update(runs)
      .set({ deletedAt: Date.now() - 31 * dayMs })
      .where(eq(runs.id, old));
    expect(await getRetention(ctx)).toEqual({ deleteRunsAfterDays: null, purgeAfterDays: 30 });
    await applyRetention(ctx);
    expect(await trashed(ctx)).toEqual(["fresh", "old"]);
    expect(await listPurges(ctx)).toMatchObject([{ subjectId: old, reason: "Retention: 30 days in the trash" }]);
  }),
);

test(
  "trashes inactive runs by the rule of experiment or workspace, except runs of versions",
  inWorkspace(async (ctx) => {
    const [plain, short, forever] = [
      await createExperiment(ctx, { name: "plain" }),
      await createExperiment(ctx, { name: "short" }),
      await createExperiment(ctx, { name: "forever" }),
    ];
    await setRetention(ctx, { deleteRunsAfterDays: 90, purgeAfterDays: null });
    await setExperimentRetention(ctx, { experimentId: short, rule: { deleteRunsAfterDays: 7, purgeAfterDays: 1 } });
    await setExperimentRetention(ctx, { experimentId: forever, rule: never });
    await runOf(ctx, plain, "plain 89", 89);
    await runOf(ctx, plain, "plain 91", 91);
    const source = await runOf(ctx, plain, "source", 91);
    const uploaded = await runOf(ctx, plain, "files", 91);
    await runOf(ctx, short, "short 8", 8);
    await runOf(ctx, forever, "forever", 1000);
    await createRegisteredModel(ctx, { name: "digits" });
    await createModelVersion(ctx, { name: "digits", source: "s3://b/1", runId: source });
    await createModelVersion(ctx, {
      name: "digits",
      source: `mlflow-artifacts:/${plain}/${uploaded}/artifacts/model`,
    });
    await applyRetention(ctx);
    expect(await trashed(ctx)).toEqual(["plain 91", "short 8"]);
    const reasons = (await listTrash(ctx, {})).items.map(({ reason }) => reason).sort();
    expect(reasons).toEqual(["Retention: no writes for 7 days", "Retention: no writes for 90 days"]);
    await applyRetention(ctx, Date.now() + 2 * dayMs);
    expect((await listPurges(ctx)).map(({ name }) => name)).toEqual(["short 8"]);
  }),
);

test(
  "keeps items in use in the trash, and purges the rest",
  inWorkspace(async (ctx) => {
    const experimentId = await createExperiment(ctx, { name: "e" });
    const used = await runOf(ctx, experimentId, "used", 0);
    await createRegisteredModel(ctx, { name: "digits" });
    await createModelVersion(ctx, { name: "digits", source: `runs:/${used}/model` });
    const deleted = await createExperiment(ctx, { name: "gone" });
    await deleteExperiment(ctx, deleted);
    await deleteRun(ctx, used);
    await applyRetention(ctx, Date.now() + 31 * dayMs);
    expect((await listPurges(ctx)).map(({ name }) => name)).toEqual(["gone"]);
  }),
);

test(
  "sets, records and removes rules, with the required role only",
  inWorkspace(async (ctx) => {
    const experimentId = await createExperiment(ctx, { name: "e" });
    const rule = { deleteRunsAfterDays: 10, purgeAfterDays: 5 };
    await expectRefusal(setRetention(as(ctx, "operator"), rule), "forbidden");
    await expectRefusal(setExperimentRetention(as(ctx, "member"), { experimentId, rule }), "forbidden");
    await expect(setRetention(ctx, { ...rule, purgeAfterDays: 0 })).rejects.toThrow("Must be at least one day");
    await setRetention(ctx, rule);
    expect(await lastAudit(ctx)).toMatchObject({ action: "retention.changed", after: rule });
    expect(await setExperimentRetention(ctx, { experimentId, rule: never })).toEqual({ own: never, ofWorkspace: rule });
    await setExperimentRetention(ctx, { experimentId, rule: null });
    expect(await getExperimentRetention(ctx, { experimentId })).toEqual({ own: null, ofWorkspace: rule });
    await deleteExperiment(ctx, experimentId);
    await expectRefusal(setExperimentRetention(ctx, { experimentId, rule }), "invalid");
  }),
);

test(
  "leaves an archived workspace as it is",
  inWorkspace(async (ctx) => {
    const experimentId = await createExperiment(ctx, { name: "e" });
    await runOf(ctx, experimentId, "old", 50);
    await setRetention(ctx, { deleteRunsAfterDays: 10, purgeAfterDays: 1 });
    await ctx.db.update(workspaces).set({ archivedAt: new Date() }).where(eq(workspaces.id, ctx.actor.workspaceId));
    await applyRetention(ctx);
    expect(await trashed(ctx)).toEqual([]);
    await ctx.db.update(workspaces).set({ archivedAt: null }).where(eq(workspaces.id, ctx.actor.workspaceId));
    await applyRetention(ctx);
    expect(await trashed(ctx)).toEqual(["old"]);
  }),
);
