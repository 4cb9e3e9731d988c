import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { users } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { auditedActions, expectRefusal } from "../../../testing/fixtures/tracking/testing.ts";
import { createExperiment } from "../experiments/create-experiment.ts";
import { createView } from "./create-view.ts";
import { deleteView } from "./delete-view.ts";
import { listViews } from "./queries.ts";
import { updateView } from "./update-view.ts";

const state = { filter: "status = 'FAILED'", columns: ["status", "params.lr"], groupBy: "params.lr" };

/** Creates another user of the same workspace. */
async function colleague(ctx: Context): Promise<Context> {
  const [user] = await ctx.db
    .insert(users)
    .values({ email: `${randomUUID()}@example.test`, name: "Tomasz" })
    .returning();
  return { ...ctx, actor: { ...ctx.actor, id: user?.id ?? "", name: "Tomasz" } };
}

test(
  "shows a team view to everyone, and a personal view only to its owner",
  inWorkspace(async (ctx) => {
    const experimentId = await createExperiment(ctx, { name: "views" });
    await createView(ctx, { experimentId, name: "Failed", state });
    const own = await createView(ctx, { experimentId, name: "Mine", isOwn: true, state: { filter: "" } });
    const other = await colleague(ctx);
    expect((await listViews(ctx, experimentId)).map(({ name, isOwn }) => [name, isOwn])).toEqual([
      ["Failed", false],
      ["Mine", true],
    ]);
    expect(await listViews(other, experimentId)).toMatchObject([{ name: "Failed", state, createdBy: ctx.actor.name }]);
    await expectRefusal(updateView(other, { viewId: own.id, name: "x" }), "not-found");
    await expectRefusal(deleteView(other, { viewId: own.id }), "not-found");
    const token = { ...ctx, actor: { ...ctx.actor, kind: "token" as const } };
    expect(await listViews(token, experimentId)).toHaveLength(1);
    await expectRefusal(
      createView(token, { experimentId, name: "t", isOwn: true, state }),
      "invalid",
      "require a person",
    );
  }),
);

test(
  "renames, changes and deletes a view, and audits each change",
  inWorkspace(async (ctx) => {
    const experimentId = await createExperiment(ctx, { name: "views" });
    const { id } = await createView(ctx, { experimentId, name: "Failed", state });
    expect(await updateView(ctx, { viewId: id, name: "Broken" })).toMatchObject({ name: "Broken", state });
    expect(await updateView(ctx, { viewId: id, state: { filter: "" } })).toMatchObject({ state: { filter: "" } });
    await deleteView(ctx, { viewId: id });
    expect(await listViews(ctx, experimentId)).toEqual([]);
    await expectRefusal(deleteView(ctx, { viewId: id }), "not-found");
    await expectRefusal(deleteView(ctx, { viewId: "no id" }), "not-found");
    expect(await auditedActions(ctx)).toEqual([
      "experiment.created",
      "view.created",
      "view.updated",
      "view.updated",
      "view.deleted",
    ]);
  }),
);

test(
  "rejects a view name that the team already uses",
  inWorkspace(async (ctx) => {
    const experimentId = await createExperiment(ctx, { name: "views" });
    await createView(ctx, { experimentId, name: "Failed", state });
    await createView(ctx, { experimentId, name: "Failed", isOwn: true, state });
    await expectRefusal(createView(ctx, { experimentId, name: "Failed", state }), "conflict", "already");
    const { id } = await createView(ctx, { experimentId, name: "Other", state });
    await expectRefusal(updateView(ctx, { viewId: id, name: "Failed" }), "conflict", "already");
    await expectRefusal(createView(as(ctx, "viewer"), { experimentId, name: "v", state }), "forbidden");
    const outsider = await newWorkspace(ctx.db);
    await expectRefusal(createView(outsider, { experimentId, name: "v", state }), "not-found");
    expect(await listViews(outsider, experimentId)).toEqual([]);
  }),
);
