import { eq } from "drizzle-orm";
import { slos } from "#db/schema/index.ts";
import type { GroupSummary } from "#server/alerting/alerts/contract.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import type { Change } from "#server/respond/changes/contract.ts";
import { listChanges } from "#server/respond/changes/queries.ts";
import { currentDeployments } from "#server/serve/endpoints/deployment-rows.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import type { Finding, Watcher } from "#server/watch/monitoring/contract.ts";
import { findingsAround } from "#server/watch/monitoring/findings/findings-around.ts";
import { findSloOfWatch, watchOf } from "#server/watch/monitoring/findings/slo-of-watch.ts";
import type { Indicator } from "#server/watch/objectives/indicators/contract.ts";
import { selectSlos } from "#server/watch/objectives/stored-slos.ts";
import { concludeCause, type MarkedCause } from "./conclude-cause.ts";
import type { LikelyCause } from "./contract.ts";
import { type Effect, effectOf } from "./possible-causes.ts";
import { readSegments } from "./segments/read-segments.ts";
import { withoutTried } from "./tried-changes.ts";

const lookbackMs = 2 * hourMs;
const maxChanges = 20;

/** What alerts say about themselves. */
export type AlertFacts = Pick<Partial<GroupSummary>, "sloId" | "ruleKey">;

interface Asked {
  endpointId: string;
  /** Milliseconds since 1970: the start of the impact, and its detection. */
  startedAt: number;
  until: number;
  alerts: readonly AlertFacts[];
  /** What was done about it without an effect. */
  failed?: readonly { kind: string }[];
  marked?: MarkedCause | undefined;
}

interface FoundCause {
  cause: LikelyCause;
  /** The cause according to the facts alone, whatever is marked. */
  supposed: LikelyCause;
  effect: Effect | null;
  /** Changes of the two hours before the start and until the detection, newest first. */
  changes: Change[];
  findings: Finding[];
}

/** Reads the facts about the start of an impact at an endpoint, and concludes its cause from them. The caller has checked permissions. */
export async function readCause(ctx: Context, asked: Asked): Promise<FoundCause> {
  const { endpointId, startedAt, until, alerts, failed = [], marked } = asked;
  const from = new Date(startedAt - lookbackMs);
  const changes = await listChanges(ctx, { endpointId, from, to: new Date(until), limit: maxChanges });
  const findings = await findingsAround(ctx, { endpointId, startedAt, until });
  const indicator = await indicatorOf(ctx, alerts);
  const effect = effectOf({ indicator: indicator?.kind ?? null, watcher: watcherOf(alerts) });
  const { name: endpoint } = await findEndpointById(ctx, endpointId);
  const { segments, versions } = await readSegments(ctx, { endpointId, endpoint, indicator, startedAt, to: until });
  const current = (await currentDeployments(ctx, [endpointId])).get(endpointId);
  const possible = withoutTried(changes, { failed, current });
  const facts = { startedAt, effect, changes: possible, findings, versions, segments: segments.rows };
  const supposed = concludeCause(facts);
  return { cause: marked ? concludeCause({ ...facts, marked }) : supposed, supposed, effect, changes, findings };
}

/** Returns the SLOs of alerts, and those that count the findings of monitoring alerts. */
export async function sloIdsOf(ctx: Context, alerts: readonly AlertFacts[]): Promise<string[]> {
  const ids = alerts.flatMap(({ sloId }) => sloId ?? []);
  for (const { ruleKey } of alerts) {
    const counting = ruleKey && (await findSloOfWatch(ctx, ruleKey));
    if (counting) ids.push(counting.id);
  }
  return ids;
}

/** Returns what the first SLO of alerts measures; null without SLOs, and for a composite. */
async function indicatorOf(ctx: Context, alerts: readonly AlertFacts[]): Promise<Indicator | null> {
  const [id] = await sloIdsOf(ctx, alerts);
  if (!id) return null;
  const [slo] = await selectSlos(ctx, eq(slos.id, id));
  return slo?.definition.indicator ?? null;
}

function watcherOf(alerts: readonly AlertFacts[]): Watcher | null {
  return alerts.flatMap(({ ruleKey }) => watchOf(ruleKey ?? "")?.watcher ?? [])[0] ?? null;
}
