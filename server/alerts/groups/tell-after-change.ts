import { eq } from "drizzle-orm";
import { alertGroups } from "#db/schema/index.ts";
import type { Context } from "#server/context.ts";
import { noteForGroup } from "#server/incidents/note-for-group.ts";
import type { GroupSummary } from "../contract.ts";
import { recordAlertEvents } from "../history/record-alert-events.ts";
import { acknowledgementStep } from "./acknowledgement.ts";
import type { StoredGroup } from "./group-rows.ts";
import type { Member } from "./summarise.ts";

interface Change {
  before: GroupSummary;
  group: StoredGroup;
  members: readonly Member[];
  now: number;
}

/** What follows at once when a group stands differently, and does not wait for its flush: the incident hears of it, and an acknowledgement may end. */
export async function tellAfterChange(ctx: Context, { before, group, now }: Change): Promise<void> {
  const { summary, acknowledgement } = group;
  const links = [{ rel: "alert" as const, href: `/alerts/groups/${group.id}`, text: "alert" }];
  const at = new Date(now);
  if (group.incidentId && before.firing > 0 && summary.firing === 0) {
    const title = `Resolved: ${summary.title}`;
    await noteForGroup(ctx, group.id, { at, kind: "alert", title, links, onceKey: `resolved:${group.id}:${now}` });
  }
  if (group.incidentId && before.firing === 0 && summary.firing > 0 && group.entry) {
    const title = `Fires again: ${summary.title}`;
    await noteForGroup(ctx, group.id, { at, kind: "alert", title, links, onceKey: `again:${group.id}:${now}` });
  }
  if (!acknowledgement) return;
  const step = acknowledgementStep(acknowledgement, { firing: summary.firing, severity: summary.severity, now });
  if (step === "holds" || step === "remind") return;
  group.acknowledgement = null;
  await ctx.db.update(alertGroups).set({ acknowledgement: null }).where(eq(alertGroups.id, group.id));
  const { id: groupId, groupKey } = group;
  const of = { groupId, groupKey, ruleKey: summary.ruleKey };
  await recordAlertEvents(ctx, [{ kind: "unack", ...of, data: { words: `the acknowledgement ended: ${step}` } }], at);
}
