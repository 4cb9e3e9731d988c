import { and, desc, eq } from "drizzle-orm";
import { sessions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "../../permissions/permit.ts";
import type { Session } from "../contract.ts";
import { personOf } from "../person-of.ts";
import { describeDevice } from "./describe-device.ts";
import { isActive } from "./end-sessions.ts";

/** Maximum number of sessions listed. Revoking the others ends all of them. */
const maxListed = 100;

/** Lists the caller's active sessions, the one used last first; at most 100. */
export async function listSessions(ctx: Context): Promise<Session[]> {
  permit(ctx, "listSessions");
  const userId = await personOf(ctx);
  if (!userId) return [];
  const rows = await ctx.db
    .select()
    .from(sessions)
    .where(and(eq(sessions.userId, userId), isActive()))
    .orderBy(desc(sessions.lastSeenAt), desc(sessions.id))
    .limit(maxListed);
  return rows.map(({ id, address, userAgent, method, createdAt, lastSeenAt, expiresAt }) => ({
    id,
    device: describeDevice(userAgent),
    address,
    method,
    createdAt,
    lastSeenAt,
    expiresAt,
    isCurrent: id === ctx.actor.sessionId,
  }));
}
