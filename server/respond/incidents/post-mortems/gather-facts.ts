import { and, asc, eq } from "drizzle-orm";
import { alertGroups, alertVerdicts, incidentActions } from "#db/schema/index.ts";
import { GroupSummary } from "#server/alerting/alerts/contract.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import { rankChanges } from "#server/respond/cause/rank-changes.ts";
import type { Change } from "#server/respond/changes/contract.ts";
import { selectActions } from "../actions/queries.ts";
import { burnRate } from "../impact/burn-rate.ts";
import { type ReadObjective, readObjectives } from "../impact/read-objectives.ts";
import { findIncident } from "../incident-rows.ts";
import { loadIncident } from "../load-incident.ts";
import type { TimelineEvent } from "../timeline/contract.ts";
import { readTimeline } from "../timeline/queries.ts";
import type { DraftAlert, DraftBurn, DraftFacts } from "./draft-contract.ts";

const aroundMs = 2 * hourMs;
const windowMinutes = 5;

/** Reads all facts for the draft of a post-mortem. */
export async function gatherFacts(ctx: Context, number: number): Promise<DraftFacts> {
  const incident = await loadIncident(ctx, await findIncident(ctx, number));
  const timeline = await readTimeline(ctx, incident.id);
  const start = incident.startedAt.getTime();
  const span = { from: start - aroundMs, to: (incident.mitigatedAt?.getTime() ?? Date.now()) + aroundMs };
  const objectives = await readObjectives(ctx, incident.id, { ...span, to: Math.min(span.to, Date.now()) });
  const actions = await selectActions(ctx, eq(incidentActions.incidentId, incident.id), 100);
  return {
    incident,
    timeline,
    alerts: await alertsOf(ctx, incident.id),
    burns: objectives.map((objective) => burnOf(objective, start)),
    changes: changesOf(timeline, start),
    actions: actions.map(({ title, kind, owner, dueOn, doneAt }) => ({
      title,
      kind,
      dueOn,
      owner: owner?.name ?? null,
      isDone: doneAt !== null,
    })),
  };
}

async function alertsOf(ctx: Context, incidentId: string): Promise<DraftAlert[]> {
  const rows = await ctx.db
    .select({
      id: alertGroups.id,
      summary: alertGroups.summary,
      at: alertGroups.createdAt,
      verdict: alertVerdicts.verdict,
    })
    .from(alertGroups)
    .leftJoin(alertVerdicts, eq(alertVerdicts.groupId, alertGroups.id))
    .where(and(eq(alertGroups.incidentId, incidentId), eq(alertGroups.workspaceId, ctx.actor.workspaceId)))
    .orderBy(asc(alertGroups.createdAt));
  return rows.map(({ id, summary, at, verdict }) => {
    const { title = "Alerts", ruleKey = "" } = GroupSummary.partial().safeParse(summary).data ?? {};
    return { groupId: id, title, ruleKey, at, verdict };
  });
}

function burnOf({ name, target, counts }: ReadObjective, start: number): DraftBurn {
  let [peak, before]: [DraftBurn["peak"], number | null] = [null, null];
  for (let index = 0; index < counts.total.length; index++) {
    const rate = burnRate(counts, target, index, windowMinutes);
    const at = counts.start + index * minuteMs;
    if (rate === null) continue;
    if (at < start) before = rate;
    else if (rate > (peak?.rate ?? 0)) peak = { rate, at };
  }
  return { name, peak, before };
}

/** Returns change events, the probable cause first, then by their rank. */
function changesOf(timeline: readonly TimelineEvent[], startedAt: number): DraftFacts["changes"] {
  const events = timeline.filter(({ kind }) => kind === "change" || kind === "rollback");
  const asChange = ({ id, title, at, links, body }: TimelineEvent): Change => {
    const isVersion = links.some(({ rel }) => rel === "deploy" || rel === "rollout");
    const kind = isVersion ? "deploy" : "config";
    return { id: String(id), kind, title, at, actor: "", href: null, before: body, after: null, endpointId: null };
  };
  const ranked = rankChanges(events.map(asChange), { startedAt }).flatMap(({ change, beforeStartMs }) => {
    const event = events.find(({ id }) => String(id) === change.id);
    return event ? [{ event, beforeStartMs }] : [];
  });
  return ranked.toSorted((one, other) => Number(other.event.isProbableCause) - Number(one.event.isProbableCause));
}
