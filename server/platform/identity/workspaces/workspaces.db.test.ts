import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { auditEvents, endpoints, workspaces } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { getExperiment } from "#server/develop/tracking/experiments/queries.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { createWorkspace } from "../../../admin/workspaces/workspaces/create-workspace.ts";
import { archiveWorkspace } from "./archive-workspace.ts";
import { listOwnWorkspaces, listWorkspaces } from "./queries.ts";
import { restoreWorkspace } from "./restore-workspace.ts";

/** Runs a test as an admin of the first workspace. */
function inFirstWorkspace(work: (ctx: Context) => Promise<void>): () => Promise<void> {
  return inWorkspace(async (ctx) => {
    const first = { createdAt: new Date(0) };
    await ctx.db.update(workspaces).set(first).where(eq(workspaces.id, ctx.actor.workspaceId));
    await work(ctx);
  });
}

/** Returns the caller's context in the workspace with this slug. */
async function within(ctx: Context, slug: string): Promise<Context> {
  const [workspace] = await ctx.db.select().from(workspaces).where(eq(workspaces.slug, slug));
  return { ...ctx, actor: { ...ctx.actor, workspaceId: workspace?.id ?? "" } };
}

const actionsOf = async (ctx: Context) => {
  const ofWorkspace = eq(auditEvents.workspaceId, ctx.actor.workspaceId);
  const events = await ctx.db.select().from(auditEvents).where(ofWorkspace).orderBy(auditEvents.id);
  return events.map(({ action, subject }) => `${action} ${subject}`);
};

const acme = { slug: "acme", name: "Acme" };

test(
  "creates a workspace with experiment 0 and its creator as admin, and audits it in both",
  inFirstWorkspace(async (ctx) => {
    expect(await createWorkspace(ctx, acme)).toEqual({ ...acme, role: "admin", isCurrent: false });
    const made = await within(ctx, "acme");
    expect((await getExperiment(made, 0)).name).toBe("Default");
    expect(await listOwnWorkspaces(made)).toContainEqual({ ...acme, role: "admin", isCurrent: true });
    expect(await listOwnWorkspaces(ctx)).toHaveLength(2);
    for (const each of [ctx, made]) expect(await actionsOf(each)).toContain("workspace.created workspace/acme");
  }),
);

test(
  "rejects an existing or invalid slug",
  inFirstWorkspace(async (ctx) => {
    await createWorkspace(ctx, acme);
    await expect(createWorkspace(ctx, acme)).rejects.toMatchObject({ code: "conflict" });
    for (const slug of ["a", "Acme", "-a", "a_b", "api", "x".repeat(64)]) {
      await expect(createWorkspace(ctx, { slug, name: "x" })).rejects.toThrow();
    }
  }),
);

test(
  "allows only admins of the first workspace to create, list and restore workspaces",
  inFirstWorkspace(async (ctx) => {
    await createWorkspace(ctx, acme);
    const outsider = await newWorkspace(ctx.db);
    for (const each of [as(ctx, "operator"), outsider]) {
      await expect(createWorkspace(each, { slug: "other", name: "x" })).rejects.toMatchObject({ code: "forbidden" });
      await expect(listWorkspaces(each)).rejects.toMatchObject({ code: "forbidden" });
      await expect(restoreWorkspace(each, { slug: "acme" })).rejects.toMatchObject({ code: "forbidden" });
    }
    // The same person, from within another of their workspaces.
    const all = await listWorkspaces(await within(ctx, "acme"));
    expect(all.find(({ slug }) => slug === "acme")).toMatchObject({
      isFirst: false,
      members: 1,
      experiments: 1,
      models: 0,
    });
    expect(all[0]?.isFirst).toBe(true);
  }),
);

test(
  "blocks access to an archived workspace until it is restored, and audits both in both workspaces",
  inFirstWorkspace(async (ctx) => {
    await createWorkspace(ctx, acme);
    const made = await within(ctx, "acme");
    await archiveWorkspace(made, { reason: "the project is over" });
    expect((await listOwnWorkspaces(ctx)).map(({ slug }) => slug)).not.toContain("acme");
    expect((await listWorkspaces(ctx)).find(({ slug }) => slug === "acme")?.archivedAt).toBeInstanceOf(Date);
    await expect(archiveWorkspace(made, { reason: "again" })).rejects.toMatchObject({ code: "conflict" });
    await restoreWorkspace(ctx, { slug: "acme" });
    expect((await listOwnWorkspaces(ctx)).map(({ slug }) => slug)).toContain("acme");
    await expect(restoreWorkspace(ctx, { slug: "acme" })).rejects.toMatchObject({ code: "not-found" });
    expect(await actionsOf(made)).toEqual([
      "workspace.created workspace/acme",
      "workspace.archived workspace/acme",
      "workspace.restored workspace/acme",
    ]);
  }),
);

test(
  "rejects archiving the first workspace, one with an endpoint, or without a reason",
  inFirstWorkspace(async (ctx) => {
    await expect(archiveWorkspace(ctx, { reason: "x" })).rejects.toMatchObject({ code: "conflict" });
    await createWorkspace(ctx, acme);
    const made = await within(ctx, "acme");
    await expect(archiveWorkspace(made, { reason: " " })).rejects.toThrow("Enter a reason");
    const { workspaceId } = made.actor;
    await ctx.db.insert(endpoints).values({ workspaceId, name: "digits", createdBy: "x" });
    await expect(archiveWorkspace(made, { reason: "x" })).rejects.toThrow('The endpoint "digits"');
    expect((await listOwnWorkspaces(ctx)).map(({ slug }) => slug)).toContain("acme");
  }),
);
