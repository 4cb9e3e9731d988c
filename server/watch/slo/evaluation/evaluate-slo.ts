import { isAcknowledged } from "#server/alerting/alerts/groups/is-acknowledged.ts";
import type { AfterChange } from "#server/alerting/alerts/groups/refresh-groups.ts";
import { receiveAlerts } from "#server/alerting/alerts/receive-alerts.ts";
import { type Context, transact } from "#server/base/context.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { teamOf } from "#server/platform/teams/team-of.ts";
import type { SloState } from "../../objectives/contract.ts";
import { isCountable } from "../indicators/read-source.ts";
import type { SeriesMemory } from "../rollup/series-memory.ts";
import { readNow } from "./read-now.ts";
import { lockSlo, type StoredSlo, writeEvaluation } from "./slo-rows.ts";
import { stepParts } from "./step-parts.ts";

/** Another worker may have looked since this one found it due. */
const minGapMs = 5_000;

interface SloEvaluation {
  memory: SeriesMemory;
  /** Milliseconds since 1970. */
  now: number;
  afterChange: AfterChange;
}

/**
 * Evaluates an SLO once: reads its counts, stores its state, evaluates its rules and notifies about alerts that start or end, all in one
 * transaction. Does nothing while another worker evaluates it or someone changes it.
 */
export async function evaluateSlo(
  ctx: Context,
  sloId: string,
  { memory, now, afterChange }: SloEvaluation,
): Promise<void> {
  permit(ctx, "evaluateSlo");
  await transact(ctx, async (ctx) => {
    const slo = await lockSlo(ctx, sloId);
    if (!slo || (slo.evaluatedAt !== null && Math.abs(now - slo.evaluatedAt) < minGapMs)) return;
    // Another worker counts it for the first time just now: nothing is known before.
    if (!slo.before && isUncounted(slo)) return;
    const { state, isStale, isOver } = await readNow(ctx, slo, memory, now);
    const isSilent = slo.isPaused || slo.isArchived || isOver;
    const owned = await withTeam(ctx, slo, state);
    const ruleKey = `slo:${slo.id}`;
    const wasFiring = slo.partStates.some((part) => part.state === "firing");
    const raises = wasFiring && !(await isAcknowledged(ctx, ruleKey));
    const { partStates, alerts } = stepParts(owned, state, isSilent ? "silent" : isStale ? "stale" : "known", raises);
    await writeEvaluation(ctx, slo, state, partStates);
    if (alerts.length > 0) {
      await receiveAlerts(ctx, alerts, { source: "leeway", ruleKey, now, afterChange });
    }
    if (alerts.length > 0 || shownOf(state) !== shownOf(slo.before)) await publish(ctx, "slo", slo.id);
  });
}

/** Fills in the endpoint's team for an SLO without one of its own; queried only if there may be something to notify. */
async function withTeam(ctx: Context, slo: StoredSlo, { tiers, absent }: SloState): Promise<StoredSlo> {
  const isIdle = !absent?.isAbsent && !tiers.some(({ isFiring }) => isFiring);
  if (slo.team !== null || slo.endpointId === null || isIdle) return slo;
  return { ...slo, team: (await teamOf(ctx, { endpointId: slo.endpointId }))?.name ?? null };
}

function isUncounted({ definition, countedUntil }: StoredSlo): boolean {
  return definition.indicator !== null && isCountable(definition.indicator) && countedUntil === null;
}

/** Returns the displayed parts of a state, for comparison. */
function shownOf(state: SloState | null): string {
  if (!state) return "";
  const { words, budget, tiers, pending, spark } = state;
  return JSON.stringify([words, budget.band, tiers.map(({ isFiring }) => isFiring), pending, spark]);
}
