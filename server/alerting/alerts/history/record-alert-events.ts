import { alertEvents } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { AlertEvent } from "../contract.ts";

/** Rows of one statement; Postgres takes at most 65,535 parameters. */
const chunk = 2_000;

/**
 * Appends to the history of alerts, in the transaction of what it tells of. For other domains: nobody has to be permitted.
 * @param at when it happened; now when left out
 */
export async function recordAlertEvents(ctx: Context, events: readonly AlertEvent[], at = new Date()): Promise<void> {
  const { workspaceId } = ctx.actor;
  const rows = events.map(({ data = {}, ...event }) => ({ ...event, workspaceId, at, data }));
  for (let from = 0; from < rows.length; from += chunk) {
    await ctx.db.insert(alertEvents).values(rows.slice(from, from + chunk));
  }
}
