import { and, eq } from "drizzle-orm";
import { digestSubscriptions, users } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { workspaceTimeZone } from "#server/platform/identity/workspaces/time-zone.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type Digest, DigestSettings } from "./contract.ts";
import { nextMoment } from "./due.ts";
import { personOf } from "./set-digest.ts";

/**
 * Returns the caller's subscription to the weekly email.
 * @param hasMailServer whether this installation has one @throws DomainError "invalid" for a token
 */
export async function getDigest(ctx: Context, { hasMailServer }: { hasMailServer: boolean }): Promise<Digest> {
  permit(ctx, "getDigest");
  const userId = personOf(ctx);
  const { workspaceId } = ctx.actor;
  const [row] = await ctx.db
    .select({ email: users.email, subscription: digestSubscriptions })
    .from(users)
    .leftJoin(
      digestSubscriptions,
      and(eq(digestSubscriptions.userId, users.id), eq(digestSubscriptions.workspaceId, workspaceId)),
    )
    .where(eq(users.id, userId));
  const timeZone = await workspaceTimeZone(ctx);
  const subscription = row?.subscription ?? null;
  const settings = DigestSettings.parse(subscription?.settings ?? {});
  return {
    isOn: subscription !== null,
    settings,
    timeZone,
    address: row?.email ?? "",
    hasMailServer,
    sentFor: subscription?.sentFor ?? null,
    nextAt: subscription ? new Date(nextMoment({ ...settings, timeZone }, Date.now())) : null,
  };
}
