import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { auditEvents, workspaces } from "#db/schema/index.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { getViewer } from "./queries.ts";
import { renameWorkspace } from "./rename-workspace.ts";

test(
  "renames its own workspace only",
  inWorkspace(async (ctx) => {
    const other = await newWorkspace(ctx.db);
    await renameWorkspace(ctx, { name: " Halyard " });
    const { workspace } = await getViewer(ctx);
    expect(workspace.name).toBe("Halyard");
    expect((await getViewer(other)).workspace.name).not.toBe("Halyard");
    const entries = ctx.db.select().from(auditEvents).where(eq(auditEvents.workspaceId, workspace.id));
    expect(await entries).toMatchObject([
      { action: "workspace.renamed", before: { name: workspace.slug }, after: { name: "Halyard" } },
    ]);
    await renameWorkspace(ctx, { name: "Halyard" });
    expect(await ctx.db.$count(auditEvents, eq(auditEvents.workspaceId, workspace.id))).toBe(1);
  }),
);

test(
  "returns the identity and permissions of the caller",
  inWorkspace(async (ctx) => {
    const [workspace] = await ctx.db.select().from(workspaces).where(eq(workspaces.id, ctx.actor.workspaceId));
    expect(await getViewer(ctx)).toEqual({
      id: ctx.actor.id,
      name: "Test operator",
      email: `${workspace?.slug}@example.test`,
      role: "operator",
      workspace: { id: workspace?.id, slug: workspace?.slug, name: workspace?.name, timeZone: "UTC" },
      hasPassword: false,
      usesCompanySignIn: false,
      mustChangePassword: false,
    });
  }, "operator"),
);
