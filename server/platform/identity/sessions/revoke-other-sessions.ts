import { and, eq, ne } from "drizzle-orm";
import { sessions } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "../../permissions/permit.ts";
import type { EndedSessions } from "../contract.ts";
import { personOf } from "../person-of.ts";
import { endSessions } from "./end-sessions.ts";

/** Ends all sessions of the caller but the current one; all of them if the caller uses a token or a password instead of a session. */
export async function revokeOtherSessions(ctx: Context): Promise<EndedSessions> {
  permit(ctx, "revokeOtherSessions");
  const userId = await personOf(ctx);
  if (!userId) return { endedCount: 0 };
  const { sessionId } = ctx.actor;
  return transact(ctx, async (ctx) => {
    const others = and(eq(sessions.userId, userId), sessionId ? ne(sessions.id, sessionId) : undefined);
    const endedCount = await endSessions(ctx, others, "revoked");
    if (endedCount === 0) return { endedCount };
    await record(ctx, "session.others-revoked", { subject: `user/${userId}`, after: { endedCount } });
    await publish(ctx, "settings", userId);
    return { endedCount };
  });
}
