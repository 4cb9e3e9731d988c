import { notFound } from "next/navigation";
import { found } from "#app/_lib/found.ts";
import type { CurvePoint } from "#components/release/rollouts/evidence-series.ts";
import { isActive } from "#components/release/rollouts/rollout-text.ts";
import type { Context } from "#server/base/context.ts";
import { log } from "#server/base/log.ts";
import { getRolloutCurves } from "#server/release/rollouts/curve-queries.ts";
import { listRolloutDecisions } from "#server/release/rollouts/decision-queries.ts";
import { getRolloutOutcomes } from "#server/release/rollouts/outcomes/outcome-queries.ts";
import { getRollout } from "#server/release/rollouts/queries.ts";
import { loggedMetrics } from "#server/release/rollouts/slices/contract.ts";
import { getRolloutSlices } from "#server/release/rollouts/slices/queries.ts";
import { GetRollout, type Rollout } from "#server/serve/rollout/contract.ts";
import type { Finding } from "#server/watch/monitoring/contract.ts";
import { listFindings } from "#server/watch/monitoring/findings/queries.ts";

const maxDecisions = 200;

/** Reads the data of a rollout's page; affected segments only after its end. An invalid id leads to the not-found page. */
export async function readRolloutPage(ctx: Context, rolloutId: string) {
  const key = GetRollout.safeParse({ rolloutId });
  if (!key.success) notFound();
  const rollout = await found(getRollout(ctx, key.data));
  const [{ points }, { decisions }] = await Promise.all([
    getRolloutCurves(ctx, key.data),
    listRolloutDecisions(ctx, { rolloutId, limit: maxDecisions }),
  ]);
  const curves = points.map(({ at, step, ...point }): CurvePoint => ({ at: at.getTime(), step, point }));
  const metric = explainedMetric(rollout);
  const outcomes = await orUndefined(getRolloutOutcomes(ctx, key.data));
  const findings = await orUndefined(findingsOf(ctx, rollout));
  const slices = isActive(rollout) ? undefined : await orUndefined(getRolloutSlices(ctx, { rolloutId, metric }));
  // The evidence of every moment is for exports; the page shows the words.
  return {
    rollout,
    points: curves,
    decisions: decisions.map((each) => ({ ...each, evidence: null })),
    slices,
    outcomes,
    findings,
  };
}

/** Returns the monitoring findings about the new version during its rollout. */
async function findingsOf(ctx: Context, { id, endpointId, canary, createdAt, endedAt }: Rollout): Promise<Finding[]> {
  const query = { endpointId, watchers: ["drift" as const, "consistency" as const], state: "all" as const };
  const found = await listFindings(ctx, { ...query, from: createdAt, ...(endedAt && { to: endedAt }) });
  return found.filter(({ evidence, versionId }) => {
    return evidence.rolloutId === id || (evidence.occasion === "rollout" && versionId === canary.id);
  });
}

async function orUndefined<Result>(work: Promise<Result>): Promise<Result | undefined> {
  try {
    return await work;
  } catch (cause) {
    log.error("page.part-failed", { cause });
    return undefined;
  }
}

/** Returns the metric for the segments: a blamed one, else the one with the most events of the new version. */
function explainedMetric({ violatedMetrics, evidence }: Rollout): (typeof loggedMetrics)[number] {
  const events = (metric: string) => evidence.guardrails.find((each) => each.metric === metric)?.canary.events ?? 0;
  const most = loggedMetrics.toSorted((a, b) => events(b) - events(a))[0];
  return loggedMetrics.find((each) => violatedMetrics.includes(each)) ?? most ?? "errors";
}
