import { eq } from "drizzle-orm";
import { silences } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { record } from "#server/platform/audit/record.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { lockAlerts } from "../../alerting/alerts/lock-alerts.ts";
import { ExpireSilence, type Silence } from "../../alerting/alerts/silences/contract.ts";
import { publishSilences } from "../../alerting/alerts/silences/publish-silences.ts";
import { lockSilence, silenceViews } from "../../alerting/alerts/silences/silence-rows.ts";
import { expired, silenceState } from "../../alerting/alerts/silences/silence-rules.ts";
import { findMatching, refreshMuting } from "./refresh-matching.ts";

/** Ends a silence now; a pending one never starts, and an expired one stays unchanged. @throws DomainError "not-found" */
export async function expireSilence(ctx: Context, input: ExpireSilence, at?: number): Promise<Silence> {
  permit(ctx, "expireSilence");
  const { silenceId } = ExpireSilence.parse(input);
  return transact(ctx, async (ctx) => {
    await lockAlerts(ctx);
    const now = at ?? (await databaseNow(ctx.db));
    const old = await lockSilence(ctx, silenceId);
    const before = { startsAt: old.startsAt.getTime(), endsAt: old.endsAt.getTime() };
    const times = expired(before, now);
    const row = { ...old, startsAt: new Date(times.startsAt), endsAt: new Date(times.endsAt) };
    if (silenceState(before, now) !== "expired") {
      const { startsAt, endsAt } = row;
      await ctx.db
        .update(silences)
        .set({ startsAt, endsAt, updatedAt: new Date(now) })
        .where(eq(silences.id, old.id));
      await record(ctx, "silence.expired", { subject: `silence/${old.id}`, after: { comment: old.comment } });
      const { groupIds } = await findMatching(ctx, [old.matchers], now);
      await refreshMuting(ctx, groupIds, now);
      await publishSilences(ctx);
    }
    const [silence] = await silenceViews(ctx, [row], now);
    return silence as Silence;
  });
}
