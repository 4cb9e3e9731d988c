import { asc, count, desc, eq } from "drizzle-orm";
import { recurringWork, setAsideItems, workspaces } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { minuteMs } from "#server/base/durations.ts";
import { requireInstanceAdmin } from "#server/platform/identity/workspaces/instance-admin.ts";
import { describeCron } from "#server/platform/jobs/describe-cron.ts";
import { schedule } from "#server/platform/jobs/schedule.ts";
import { watcherPurposes } from "#server/platform/jobs/watcher-names.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type RecurringWork, RecurringWorkList, type SetAsideItem } from "./contract.ts";
import { stateOf } from "./state-of.ts";

const maxSetAside = 200;

type Described = Pick<RecurringWork, "name" | "kind" | "purpose" | "schedule"> & { everyMs: number };

/** Everything that runs again and again, watchers first. */
const described: readonly Described[] = [
  ...Object.entries(watcherPurposes).map(([name, purpose]) => ({
    name,
    kind: "watcher" as const,
    purpose,
    schedule: "continuously",
    everyMs: minuteMs,
  })),
  ...schedule.map(({ kind: name, cron, purpose }) => {
    const { text, everyMs } = describeCron(cron);
    return { name, kind: "job" as const, purpose, schedule: text, everyMs };
  }),
];

/**
 * Lists the watchers and scheduled jobs of the installation with their last executions, and the items set aside.
 * @throws DomainError "forbidden" unless the caller is an admin of the first workspace
 */
export async function getRecurringWork(ctx: Context): Promise<RecurringWorkList> {
  permit(ctx, "getRecurringWork");
  await requireInstanceAdmin(ctx);
  const now = await databaseNow(ctx.db);
  const rows = new Map((await ctx.db.select().from(recurringWork)).map((row) => [row.name, row]));
  const counts = new Map(
    (
      await ctx.db
        .select({ watcher: setAsideItems.watcher, count: count() })
        .from(setAsideItems)
        .groupBy(setAsideItems.watcher)
    ).map(({ watcher, count }) => [watcher, count]),
  );
  const work = described.map(({ everyMs, ...one }) => {
    const row = rows.get(one.name);
    const { startedAt = null, durationMs = null, items = null, problem = null } = row ?? {};
    const setAside = counts.get(one.name) ?? 0;
    const state = stateOf({ startedAt: startedAt?.getTime(), problem, setAside, everyMs }, now);
    return { ...one, state, startedAt, durationMs, items, problem, setAside };
  });
  return { work, setAside: await listSetAside(ctx) };
}

async function listSetAside(ctx: Context): Promise<SetAsideItem[]> {
  const { watcher, item, attempts, problem, failedAt, retryAt } = setAsideItems;
  const rows = await ctx.db
    .select({ watcher, item, workspace: workspaces.slug, attempts, problem, failedAt, retryAt })
    .from(setAsideItems)
    .leftJoin(workspaces, eq(workspaces.id, setAsideItems.workspaceId))
    .orderBy(desc(attempts), asc(watcher), asc(item))
    .limit(maxSetAside);
  return RecurringWorkList.shape.setAside.parse(rows);
}
