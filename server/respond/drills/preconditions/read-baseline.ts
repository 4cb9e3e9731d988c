import { and, eq, gt, isNotNull, isNull, ne } from "drizzle-orm";
import { alerts, slos } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { type StoredSlo, selectSlos } from "#server/watch/objectives/stored-slos.ts";
import type { Baseline } from "../contract.ts";
import type { GameDayRow } from "../game-day-rows.ts";
import { isPrompt } from "../report/read-observed.ts";
import type { PreconditionFacts } from "./preconditions.ts";

const maxSteady = 50;
const maxAlerts = 1_000;

/** Reads what is true when a game day starts, with which its report and its abort conditions compare. The caller has checked permissions. */
export async function readBaseline(
  ctx: Context,
  { endpointId }: Pick<GameDayRow, "endpointId">,
  { onCall, budgets, now }: PreconditionFacts,
): Promise<Baseline> {
  const others = await selectSlos(
    ctx,
    and(isNotNull(slos.endpointId), ne(slos.endpointId, endpointId), isNull(slos.archivedAt), isNull(slos.pausedAt)),
  );
  const steady = others.filter((slo) => isPrompt(slo) && slo.state !== null && !isBurning(slo)).slice(0, maxSteady);
  const firing = await ctx.db
    .select({ fingerprint: alerts.fingerprint })
    .from(alerts)
    .where(
      and(eq(alerts.workspaceId, ctx.actor.workspaceId), eq(alerts.isSettled, false), gt(alerts.endsAt, new Date(now))),
    )
    .limit(maxAlerts);
  return {
    onCall,
    budgets: [...budgets],
    steady: steady.map(({ id, name, definition, endpoint }) => {
      return { sloId: id, name: definition.displayName || name, endpoint: endpoint ?? "" };
    }),
    firingAlerts: firing.map(({ fingerprint }) => fingerprint),
  };
}

/** Whether an objective burned, or had no traffic, at the last evaluation: one of its rules fired. */
export function isBurning({ state }: Pick<StoredSlo, "state">): boolean {
  return state !== null && (state.tiers.some(({ isFiring }) => isFiring) || (state.absent?.isAbsent ?? false));
}
