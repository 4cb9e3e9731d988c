import { and, eq } from "drizzle-orm";
import { digestSubscriptions } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { DigestSettings, SetDigest } from "./contract.ts";

/** Sets the caller's subscription to the weekly email. @throws DomainError "invalid" for a token, which is not a user */
export async function setDigest(ctx: Context, input: SetDigest): Promise<void> {
  permit(ctx, "setDigest");
  const { isOn, settings } = SetDigest.parse(input);
  const userId = personOf(ctx);
  const { workspaceId } = ctx.actor;
  await transact(ctx, async (ctx) => {
    if (isOn) {
      const values = settings ?? DigestSettings.parse({});
      await ctx.db
        .insert(digestSubscriptions)
        .values({ workspaceId, userId, settings: values })
        .onConflictDoUpdate({
          target: [digestSubscriptions.workspaceId, digestSubscriptions.userId],
          set: { settings: values },
        });
    } else {
      await ctx.db
        .delete(digestSubscriptions)
        .where(and(eq(digestSubscriptions.workspaceId, workspaceId), eq(digestSubscriptions.userId, userId)));
    }
    await record(ctx, isOn ? "digest.subscribed" : "digest.unsubscribed", {
      subject: `user/${userId}`,
      ...(isOn && settings && { after: settings }),
    });
  });
}

/** Mails go to people: a token has no address. @throws DomainError "invalid" */
export function personOf({ actor }: Context): string {
  if (actor.kind === "user") return actor.id;
  throw new DomainError("invalid", "The weekly email is sent to people. Sign in and enable it in the overview.");
}
