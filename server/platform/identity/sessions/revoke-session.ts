import { and, eq } from "drizzle-orm";
import { sessions } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "../../permissions/permit.ts";
import { RevokeSession } from "../contract.ts";
import { personOf } from "../person-of.ts";
import { endSessions } from "./end-sessions.ts";

/** Ends one of the caller's own sessions, the current one as well. @throws DomainError "not-found" if it is not theirs, or has ended. */
export async function revokeSession(ctx: Context, input: RevokeSession): Promise<void> {
  permit(ctx, "revokeSession");
  const { sessionId } = RevokeSession.parse(input);
  const userId = await personOf(ctx);
  await transact(ctx, async (ctx) => {
    const own = and(eq(sessions.id, sessionId), eq(sessions.userId, userId ?? ""));
    const ended = userId ? await endSessions(ctx, own, "revoked") : 0;
    if (ended === 0) throw new DomainError("not-found", "Session not found, or it has ended. Reload the list.");
    await record(ctx, "session.revoked", { subject: `user/${userId}`, before: { sessionId } });
    await publish(ctx, "settings", sessionId);
  });
}
