import type { Context } from "#server/base/context.ts";
import { momentOf } from "#server/respond/incidents/runbooks/moments.ts";
import { tickWhen } from "#server/respond/incidents/runbooks/tick-when.ts";
import { readTimeline } from "./queries.ts";

/** Ticks what has happened already when a runbook is chosen in the middle of an incident, in the caller's transaction. */
export async function tickPast(ctx: Context, incident: { id: string; runbookId: string }): Promise<void> {
  const events = await readTimeline(ctx, incident.id);
  for (const moment of new Set(
    events.map(({ kind, title, isProbableCause }) => momentOf({ kind, title, isProbableCause })),
  )) {
    if (moment) await tickWhen(ctx, incident, moment);
  }
}
