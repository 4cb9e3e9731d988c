import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import type { Context } from "#server/base/context.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { addRun } from "../../../testing/fixtures/tracking/tables/testing.ts";
import { auditedActions, expectRefusal } from "../../../testing/fixtures/tracking/testing.ts";
import { createExperiment } from "../experiments/create-experiment.ts";
import { deleteExperiment } from "../experiments/delete-experiment.ts";
import { countRuns } from "../runs/find-runs.ts";
import { maxPerStep } from "./constants.ts";
import { deleteRuns } from "./delete-runs.ts";
import { restoreRuns } from "./restore-runs.ts";
import { tagRuns } from "./tag-runs.ts";

async function experimentWith(ctx: Context, count: number) {
  const experimentId = await createExperiment(ctx, { name: "bulk" });
  await ctx.db.execute(sql`
    insert into runs (id, workspace_id, experiment_id, name, user_name, status, started_at, updated_at, artifact_uri)
    select md5(i::text || ${ctx.actor.workspaceId}), ${ctx.actor.workspaceId}, ${experimentId}, 'run ' || i, '', 'FINISHED', i, i, ''
    from generate_series(1, ${count}) i`);
  const count_ = (filter: string) => countRuns(ctx, { experimentIds: [experimentId], filter }).then(Number);
  return { experimentId, countOf: count_ };
}

test(
  "tags each run once across several steps, even when the tag changes the filter result",
  inWorkspace(async (ctx) => {
    const { experimentId, countOf } = await experimentWith(ctx, maxPerStep * 2 + 3);
    const chosen = { experimentId, filter: "tags.team IS NULL", key: "team", value: "depots" };
    const changed: string[] = [];
    const left: number[] = [];
    let after: string | undefined;
    do {
      const step = await tagRuns(ctx, { ...chosen, ...(after !== undefined && { after }) });
      changed.push(...step.changed);
      left.push(step.left);
      after = step.next;
    } while (after !== undefined);
    expect(new Set(changed).size).toBe(maxPerStep * 2 + 3);
    expect(left).toEqual([maxPerStep + 3, 3, 0]);
    expect(await countOf("tags.team = 'depots'")).toBe(maxPerStep * 2 + 3);
    expect(await auditedActions(ctx)).toEqual(["experiment.created", "runs.tagged", "runs.tagged", "runs.tagged"]);
  }),
);

test(
  "replaces an existing tag, and rejects run-specific tags and invalid keys",
  inWorkspace(async (ctx) => {
    const { experimentId, countOf } = await experimentWith(ctx, 2);
    const tag = (key: string, value: string) => tagRuns(ctx, { experimentId, filter: "", key, value });
    await tag("team", "a");
    await tag("team", "b");
    expect(await countOf("tags.team = 'b'")).toBe(2);
    await expectRefusal(tag("mlflow.runName", "x"), "invalid", "specific to one run");
    await expectRefusal(tag("a//b", "x"), "invalid");
    const both = { experimentId, filter: "", runIds: ["x"], key: "team", value: "c" };
    await expectRefusal(tagRuns(ctx, both), "invalid", "either run IDs or a filter");
    await expectRefusal(tagRuns(as(ctx, "viewer"), { ...both, runIds: undefined }), "forbidden");
  }),
);

test(
  "moves runs to the trash with a reason and restores them, idempotently",
  inWorkspace(async (ctx) => {
    const { experimentId, countOf } = await experimentWith(ctx, 3);
    const kept = await addRun(ctx, experimentId, { status: "RUNNING" });
    const finished = { experimentId, filter: "status = 'FINISHED'" };
    await expectRefusal(deleteRuns(ctx, { ...finished, reason: " " }), "", "Say why").catch(() => undefined);
    const { changed } = await deleteRuns(ctx, { ...finished, reason: "Smoke tests" });
    expect(changed).toHaveLength(3);
    expect(changed).not.toContain(kept);
    expect(await countOf("")).toBe(1);
    expect((await deleteRuns(ctx, { ...finished, reason: "again" })).changed).toEqual([]);
    expect((await restoreRuns(ctx, { experimentId, runIds: changed })).changed.toSorted()).toEqual(changed.toSorted());
    expect(await countOf("")).toBe(4);
    expect(await auditedActions(ctx)).toEqual(["experiment.created", "runs.deleted", "runs.restored"]);
  }),
);

test(
  "does not change runs of a deleted experiment or of another workspace",
  inWorkspace(async (ctx) => {
    const { experimentId } = await experimentWith(ctx, 1);
    const other = await newWorkspace(ctx.db);
    expect((await deleteRuns(other, { experimentId, filter: "", reason: "x" })).changed).toEqual([]);
    expect((await tagRuns(other, { experimentId, filter: "", key: "a", value: "b" })).changed).toEqual([]);
    await deleteExperiment(ctx, experimentId);
    await expectRefusal(restoreRuns(ctx, { experimentId, filter: "" }), "invalid", "deleted");
  }),
);
