import { enqueueNotification } from "#server/alerting/notifications/enqueue-notification.ts";
import { type Context, transact } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { personOf } from "#server/platform/identity/person-of.ts";
import { permit } from "#server/platform/permissions/permit.ts";

/**
 * Pages the caller through all their contact methods, on the way that a real page takes. Two requests within a minute are one page.
 * @returns how many contact methods it goes to
 * @throws DomainError "conflict" for a token without a person, or a person without a contact method
 */
export async function sendTestPage(ctx: Context): Promise<{ methods: number }> {
  permit(ctx, "sendTestPage");
  const userId = await personOf(ctx);
  if (!userId) throw new DomainError("conflict", "Only a person can be paged. Sign in first.");
  return transact(ctx, async (ctx) => {
    const { name } = ctx.actor;
    const key = `test-page:${userId}:${Math.floor(Date.now() / minuteMs)}`;
    const added = await enqueueNotification(ctx, {
      to: { userId },
      kind: "test",
      severity: "page",
      deduplicationKey: key,
      message: {
        title: "Test page from Leeway",
        lines: [`Sent by ${name} to check that pages arrive. No action is required.`],
        facts: [],
        severity: "page",
        status: "info",
        reason: "",
        receiver: "",
        groupKey: key,
        groupLabels: {},
        alerts: [],
        links: [{ text: "On call", path: "/on-call" }],
      },
    });
    if (added.length === 0) {
      throw new DomainError("conflict", "Nothing was sent: it was tested a moment ago, or you have no contact method.");
    }
    await record(ctx, "test-page.sent", { subject: `user/${userId}`, after: { methods: added.length } });
    return { methods: added.length };
  });
}
