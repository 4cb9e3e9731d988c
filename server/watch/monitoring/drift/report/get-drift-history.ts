import { and, desc, eq, lte, sql } from "drizzle-orm";
import { driftWindows } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { currentDeployments } from "#server/serve/endpoints/deployment-rows.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import { type DriftHistory, GetDriftHistory, type HistoryWindow } from "./contract.ts";

const minOrdinary = 5;
const ordinaryShare = 0.95;

/**
 * Returns evaluated windows, with a feature's drift and threshold in each, and the range of ordinary windows. @throws DomainError
 * "not-found"
 */
export async function getDriftHistory(ctx: Context, input: GetDriftHistory): Promise<DriftHistory> {
  permit(ctx, "getDriftHistory");
  const { endpointId, feature, length, segment, to = new Date(), limit, ...query } = GetDriftHistory.parse(input);
  await findEndpointById(ctx, endpointId);
  const versionId = query.versionId ?? (await currentDeployments(ctx, [endpointId])).get(endpointId)?.versionId;
  const one = feature
    ? sql`jsonb_path_query_first(${driftWindows.features}, '$[*] ? (@.name == $name)', ${JSON.stringify({ name: feature })}::jsonb)`
    : sql`(select each from jsonb_array_elements(${driftWindows.features}) as each order by (each->>'psi')::float8 desc nulls last limit 1)`;
  const rows = await ctx.db
    .select({
      start: driftWindows.start,
      versionId: driftWindows.versionId,
      rows: driftWindows.rows,
      verdict: sql<{ state: HistoryWindow["state"]; drifted: number }>`${driftWindows.verdict}`,
      one: sql<{ psi: number | null; line: number | null; state: HistoryWindow["state"] } | null>`${one}`,
    })
    .from(driftWindows)
    .where(
      and(
        eq(driftWindows.workspaceId, ctx.actor.workspaceId),
        eq(driftWindows.endpointId, endpointId),
        eq(driftWindows.length, length),
        eq(driftWindows.segment, segment),
        lte(driftWindows.start, to),
        versionId ? eq(driftWindows.versionId, versionId) : undefined,
      ),
    )
    .orderBy(desc(driftWindows.start))
    .limit(limit);
  const windows = rows.reverse().map(({ one, verdict, ...row }): HistoryWindow => {
    const state = feature && one ? one.state : verdict.state;
    return { ...row, state, drifted: verdict.drifted, psi: one?.psi ?? null, line: one?.line ?? null };
  });
  return { length, windows, ordinary: ordinaryOf(windows) };
}

/** Returns the upper bound of 95% of ordinary windows: those without drift. */
function ordinaryOf(windows: readonly HistoryWindow[]): number | null {
  const usual = windows
    .filter(({ state }) => state === "usual" || state === "minor")
    .flatMap(({ psi }) => (psi === null ? [] : [psi]))
    .sort((a, b) => a - b);
  if (usual.length < minOrdinary) return null;
  return usual[Math.min(usual.length - 1, Math.ceil(usual.length * ordinaryShare) - 1)] ?? null;
}
