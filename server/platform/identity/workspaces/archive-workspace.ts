import { and, eq, isNull } from "drizzle-orm";
import { endpoints, memberships, workspaces } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "../../permissions/permit.ts";
import { ArchiveWorkspace } from "../contract.ts";
import { endSessionsWithoutWorkspace } from "../sessions/end-sessions.ts";
import { firstWorkspaceId } from "./instance-admin.ts";

/**
 * Archives the caller's workspace for all users: sessions switch to another workspace immediately, or end where there is none; tokens are
 * rejected within 5 s. All data stay, and an admin of the first workspace can restore it.
 * @throws DomainError "conflict" for the first workspace, and while an endpoint could serve.
 */
export async function archiveWorkspace(ctx: Context, input: ArchiveWorkspace): Promise<void> {
  permit(ctx, "archiveWorkspace");
  const { reason } = ArchiveWorkspace.parse(input);
  const { workspaceId } = ctx.actor;
  if ((await firstWorkspaceId(ctx)) === workspaceId) {
    throw new DomainError("conflict", "The first workspace cannot be archived because its admins manage the others.");
  }
  await transact(ctx, async (ctx) => {
    const [archived] = await ctx.db
      .update(workspaces)
      .set({ archivedAt: new Date() })
      .where(and(eq(workspaces.id, workspaceId), isNull(workspaces.archivedAt)))
      .returning();
    if (!archived) throw new DomainError("conflict", "This workspace is already archived.");
    const [open] = await ctx.db
      .select({ name: endpoints.name })
      .from(endpoints)
      .where(and(eq(endpoints.workspaceId, workspaceId), isNull(endpoints.archivedAt)))
      .limit(1);
    if (open) throw new DomainError("conflict", `The endpoint "${open.name}" still exists. Archive it first.`);
    const members = ctx.db.select({ userId: memberships.userId }).from(memberships);
    const ofWorkspace = await members.where(eq(memberships.workspaceId, workspaceId));
    const userIds = ofWorkspace.map(({ userId }) => userId);
    await endSessionsWithoutWorkspace(ctx, userIds, "workspace-archived");
    const change = { before: { name: archived.name }, reason };
    await record(ctx, "workspace.archived", { subject: `workspace/${archived.slug}`, ...change });
    await publish(ctx, "settings", workspaceId);
  });
}
