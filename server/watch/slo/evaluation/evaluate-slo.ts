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
 * Looks at an SLO once: reads what was counted, keeps how it stands, steps its rules and tells of what began or ended, all in one
 * transaction. Nothing happens while somebody else looks at it or changes it.
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
    const { state, isStale } = await readNow(ctx, slo, memory, now);
    const isSilent = slo.isPaused || slo.isArchived;
    const owned = await withTeam(ctx, slo, state);
    const { partStates, alerts } = stepParts(owned, state, isSilent ? "silent" : isStale ? "stale" : "known");
    await writeEvaluation(ctx, slo, state, partStates);
    if (alerts.length > 0) {
      await receiveAlerts(ctx, alerts, { source: "leeway", ruleKey: `slo:${slo.id}`, now, afterChange });
    }
    if (alerts.length > 0 || shownOf(state) !== shownOf(slo.before)) await publish(ctx, "slo", slo.id);
  });
}

/** An SLO without a team of its own has that of its endpoint; asked only where there may be something to tell. */
async function withTeam(ctx: Context, slo: StoredSlo, { tiers, absent }: SloState): Promise<StoredSlo> {
  const isIdle = !absent?.isAbsent && !tiers.some(({ isFiring }) => isFiring);
  if (slo.team !== null || slo.endpointId === null || isIdle) return slo;
  return { ...slo, team: (await teamOf(ctx, { endpointId: slo.endpointId }))?.name ?? null };
}

function isUncounted({ definition, countedUntil }: StoredSlo): boolean {
  return definition.indicator !== null && isCountable(definition.indicator) && countedUntil === null;
}

/** What people see of a state. */
function shownOf(state: SloState | null): string {
  if (!state) return "";
  const { words, budget, tiers, pending, spark } = state;
  return JSON.stringify([words, budget.band, tiers.map(({ isFiring }) => isFiring), pending, spark]);
}
