import { isDeepStrictEqual } from "node:util";
import { and, eq, like } from "drizzle-orm";
import { incidents, timelineEvents } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { publish } from "#server/platform/events/publish.ts";
import { findIncident, type StoredIncident, thisIncident } from "#server/respond/incidents/incident-rows.ts";
import { enterState } from "#server/respond/incidents/move-incident.ts";
import { Recovery, type RecoveryAction } from "#server/respond/incidents/stages/contract.ts";
import { decideStage, type StageStep } from "#server/respond/incidents/stages/decide-stage.ts";
import { addTimelineEvent } from "#server/respond/incidents/timeline/add-timeline-event.ts";
import { findAction } from "./find-action.ts";
import { pageLead } from "./page-lead.ts";
import { readSignals } from "./read-signals.ts";

const names = { act: "Act", watch: "Watching recovery", resolve: "Ready to resolve" } as const;

/** Moves an open incident that the worker has locked to the stage that follows from its signals. @param now milliseconds since 1970 */
export async function watchRecovery(ctx: Context, number: number, now: number): Promise<void> {
  const incident = await findIncident(ctx, number);
  const { stage, severity, state, id } = incident;
  if (state !== "triage" && state !== "active" && state !== "mitigated") return;
  const stored = Recovery.parse(incident.recovery);
  const signals = await readSignals(ctx, id, now);
  const found = await findAction(ctx, incident);
  const isNew = found && found.at > (stored.action?.at ?? 0);
  // The burn rate is that of the last look: the action may have lowered it since.
  const recovery = isNew ? { ...stored, action: { ...found, burn: stored.burn ?? signals.burn } } : stored;
  const stageAt = (incident.stageAt ?? incident.detectedAt).getTime();
  // A later action starts the watch again.
  const from = isNew && stage === "watch" ? ("act" as const) : stage;
  const actionBurn = burnAt(recovery.action, signals.burns);
  const step = decideStage({ ...signals, actionBurn, stage: from, stageAt, recovery, severity, now });
  const isMoved = step.stage !== stage || (isNew === true && step.isMoved);
  if (!isMoved && !step.resolves && isDeepStrictEqual(step.recovery, stored)) return;
  await ctx.db
    .update(incidents)
    .set({ stage: step.stage, recovery: step.recovery, ...(isMoved && { stageAt: new Date(now) }) })
    .where(thisIncident(ctx, id));
  if (isMoved) await note(ctx, incident, step, now);
  if (step.resolves && state === "mitigated") {
    await enterState(ctx, incident, "resolved", { reason: "calm for two hours", at: new Date(now), isAutomatic: true });
  }
}

/** Returns the burn rate at the endpoint of an action; undefined if it is the only one with a burn rate. */
function burnAt(action: RecoveryAction | null, burns: ReadonlyMap<string, number>): number | null | undefined {
  if (!action?.endpointId) return undefined;
  const isOnly = [...burns.keys()].every((endpointId) => endpointId === action.endpointId);
  return isOnly ? undefined : (burns.get(action.endpointId) ?? null);
}

async function note(ctx: Context, incident: StoredIncident, step: StageStep, now: number): Promise<void> {
  const { id, number, state } = incident;
  const at = new Date(now);
  const { reason } = step.recovery;
  // A state of its own would tick steps of the runbook: this is only what there is to do.
  const deduplicationKey = `stage:${id}:${now}`;
  await addTimelineEvent(ctx, id, { at, kind: "metric", title: `${names[step.stage]}: ${reason}`, deduplicationKey });
  if (step.pagesLead) {
    // Read again: its stage was stored since.
    if (state === "mitigated") await enterState(ctx, await findIncident(ctx, number), "active", { reason });
    await reconsiderCause(ctx, id);
    await pageLead(ctx, incident, { reason, key: deduplicationKey, now: at });
  }
  await publish(ctx, "incident", id);
}

/** Withdraws the change that Leeway had marked as the cause, so that the next one is: what was done about it had no effect. */
async function reconsiderCause(ctx: Context, incidentId: string): Promise<void> {
  await ctx.db
    .update(timelineEvents)
    .set({ isProbableCause: false })
    .where(
      and(
        eq(timelineEvents.workspaceId, ctx.actor.workspaceId),
        eq(timelineEvents.incidentId, incidentId),
        eq(timelineEvents.actorKind, "system"),
        like(timelineEvents.deduplicationKey, "change:%"),
      ),
    );
  await ctx.db.update(incidents).set({ factsDue: "facts" }).where(thisIncident(ctx, incidentId));
}
