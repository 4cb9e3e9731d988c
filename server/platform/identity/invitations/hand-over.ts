import { eq } from "drizzle-orm";
import { workspaces } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { Invitation, NewInvitation } from "../contract.ts";
import { ownUserId } from "../tokens/queries.ts";
import { type InvitationDelivery, sendMail } from "./invitation-mail.ts";
import { getInvitation } from "./queries.ts";

/** Returns the person who invites. @throws DomainError "forbidden" for callers that are no person's */
export async function requireInviter(ctx: Context): Promise<string> {
  const userId = await ownUserId(ctx);
  if (!userId) throw new DomainError("forbidden", "Only people can invite; this caller is not one.");
  return userId;
}

/** Mails a committed invitation's link, or returns it for the admin to hand over. */
export async function handOver(
  ctx: Context,
  invitation: Invitation,
  { path, mailId }: { path: string; mailId: string | undefined },
  { publicUrl, send }: InvitationDelivery,
): Promise<NewInvitation> {
  if (!send || mailId === undefined) return { invitation, link: `${publicUrl}${path}` };
  const { id, email: to, invitedByName, role, expiresAt } = invitation;
  const workspaceName = await nameOfWorkspace(ctx);
  await sendMail(ctx, send, { id: mailId, to, workspaceName, invitedByName, role, path, expiresAt });
  return { invitation: await getInvitation(ctx, id) };
}

async function nameOfWorkspace(ctx: Context): Promise<string> {
  const [workspace] = await ctx.db
    .select({ name: workspaces.name })
    .from(workspaces)
    .where(eq(workspaces.id, ctx.actor.workspaceId));
  return workspace?.name ?? "";
}
