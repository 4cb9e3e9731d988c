import type { FastifyInstance } from "fastify";
import { RecurringWorkList } from "#server/admin/settings/recurring-work/contract.ts";
import { getRecurringWork } from "#server/admin/settings/recurring-work/queries.ts";
import { RetrySetAsideItem } from "#server/platform/jobs/contract.ts";
import { retrySetAsideItem } from "#server/platform/jobs/retry-set-aside-item.ts";
import { route } from "./route.ts";

/** What the worker runs again and again, for the admins of the installation. */
export function recurringWork(app: FastifyInstance): void {
  const path = "/installation/recurring-work";
  const list = { summary: "List watchers, scheduled jobs and items set aside", response: RecurringWorkList };
  route(app, { method: "GET", path, ...list }, ({ ctx }) => getRecurringWork(ctx));
  const retry = { summary: "Retry an item that a watcher set aside", body: RetrySetAsideItem };
  route(app, { method: "POST", path: `${path}/retries`, ...retry }, ({ ctx, body }) => retrySetAsideItem(ctx, body));
}
