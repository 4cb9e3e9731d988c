import { and, asc, eq, isNull, sql } from "drizzle-orm";
import { alertRules, memberships, users, workspaces } from "#db/schema/index.ts";
import { enqueueEmail } from "#server/alerting/notifications/enqueue-notification.ts";
import { systemContext } from "#server/base/context.ts";
import { firstWorkspaceId } from "#server/platform/identity/workspaces/instance-admin.ts";
import type { StandInDependencies } from "./stand-in.ts";

const maxAdmins = 20;

/**
 * Emails the admins of the installation that no worker works, where no rule of any workspace does: the default of an installation that
 * nobody has set up for it. Does nothing without a mail server.
 */
export async function notifyAdmins({ db, outside }: StandInDependencies, reason: string): Promise<void> {
  if (!outside.mail) return;
  const [rule] = await db
    .select({ id: alertRules.id })
    .from(alertRules)
    .innerJoin(workspaces, eq(workspaces.id, alertRules.workspaceId))
    .where(
      and(
        sql`${alertRules.spec}->>'kind' = 'platform'`,
        isNull(alertRules.archivedAt),
        isNull(alertRules.disabledAt),
        isNull(workspaces.archivedAt),
      ),
    )
    .limit(1);
  if (rule) return;
  const first = await firstWorkspaceId(systemContext(db, "", "notify-admins"));
  if (!first) return;
  const admins = await db
    .select({ userId: users.id, address: users.email })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(and(eq(memberships.workspaceId, first), eq(memberships.role, "admin"), isNull(memberships.disabledAt)))
    .orderBy(asc(users.createdAt))
    .limit(maxAdmins);
  const ctx = systemContext(db, first, "notify-admins");
  const title = "[Page] Leeway: no worker is active";
  const lines = [
    reason,
    "Rules and SLOs are not evaluated, rollouts wait, and jobs wait. Another role sends the notifications until a worker is back.",
    "Start or restart the worker role.",
  ];
  // Once an hour at most, however often a worker ends.
  const hour = new Date().toISOString().slice(0, 13);
  for (const admin of admins) {
    await enqueueEmail(ctx, admin, {
      kind: "notice",
      severity: "page",
      deduplicationKey: `no-worker:${hour}`,
      message: {
        title,
        lines,
        facts: [],
        severity: "page",
        status: "info",
        reason: "",
        receiver: "",
        groupKey: "",
        groupLabels: {},
        alerts: [],
        links: [{ text: "Recurring work", path: "/settings/recurring-work" }],
      },
    });
  }
}
