import { alertEvents } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { AlertEvent } from "../contract.ts";

/** Maximum number of rows per statement; Postgres takes at most 65,535 parameters. */
const chunk = 2_000;

/**
 * Appends to the history of alerts, in the transaction of the recorded change. For other domains: requires no permission.
 * @param at when it happened; now when omitted
 */
export async function recordAlertEvents(ctx: Context, events: readonly AlertEvent[], at = new Date()): Promise<void> {
  const { workspaceId } = ctx.actor;
  const rows = events.map(({ data = {}, ...event }) => ({ ...event, workspaceId, at, data }));
  for (let from = 0; from < rows.length; from += chunk) {
    await ctx.db.insert(alertEvents).values(rows.slice(from, from + chunk));
  }
}
