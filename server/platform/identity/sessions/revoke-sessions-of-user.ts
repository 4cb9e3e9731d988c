import { eq } from "drizzle-orm";
import { sessions, users } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "../../permissions/permit.ts";
import { type EndedSessions, RevokeSessionsOfUser } from "../contract.ts";
import { requireInstanceAdmin } from "../workspaces/instance-admin.ts";
import { endSessions } from "./end-sessions.ts";

/**
 * Ends all sessions of a person. A session opens every workspace of its person, so this requires an admin of the installation.
 * @throws DomainError "forbidden" unless the caller is an admin of the first workspace, "not-found" for an unknown person
 */
export async function revokeSessionsOfUser(ctx: Context, input: RevokeSessionsOfUser): Promise<EndedSessions> {
  permit(ctx, "revokeSessionsOfUser");
  await requireInstanceAdmin(ctx);
  const { userId, reason } = RevokeSessionsOfUser.parse(input);
  return transact(ctx, async (ctx) => {
    const [user] = await ctx.db.select({ email: users.email }).from(users).where(eq(users.id, userId));
    if (!user) throw new DomainError("not-found", "Person not found. See Settings, People for a list.");
    const endedCount = await endSessions(ctx, eq(sessions.userId, userId), "revoked-by-admin");
    await record(ctx, "user.sessions-revoked", { subject: `user/${user.email}`, after: { endedCount }, reason });
    await publish(ctx, "settings", userId);
    return { endedCount };
  });
}
