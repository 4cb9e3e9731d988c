import { and, asc, desc, eq, inArray, isNull, like, max, ne, or } from "drizzle-orm";
import { datasetVersions, monitoringFindings, retrainingCycles } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { minRows } from "#server/watch/monitoring/contract.ts";
import { QualityMetric } from "#server/watch/monitoring/quality/metrics/contract.ts";
import { readFacts } from "#server/watch/monitoring/quality/read/facts.ts";
import { windowsOf } from "#server/watch/monitoring/quality/read/windows.ts";
import type { RetrainingTrigger } from "../contract.ts";
import type { Signals } from "./evidence.ts";
import { lastSlot } from "./last-slot.ts";
import { type Champion, type PolicyRow, readChampion } from "./read-champion.ts";
import { countNewLabels } from "./read-labels.ts";
import { readSloSignals } from "./read-slo-signals.ts";

/** Days of quality that are read. */
const maxWindows = 100;
/** Ranges up to three days are in hours, and a window has to be as long at each look. */
const minDays = 4;
/** A model has no more features that drift at once for different reasons. */
const maxDrifts = 500;

/**
 * Reads what is known of a policy's model, only what its triggers ask for. Nothing is, where its endpoint is archived or serves no version of the model.
 * The caller has checked permissions. @param now milliseconds since 1970
 */
export async function gatherSignals(ctx: Context, policy: PolicyRow, now: number): Promise<Signals> {
  const champion = await readChampion(ctx, policy);
  if (!champion) return noSignals;
  const { triggers } = policy.rules;
  const asks = (kind: RetrainingTrigger["kind"]) => triggers.some((trigger) => trigger.kind === kind);
  const { dataEnd } = champion;
  return {
    drifts: asks("drift") ? await readDrifts(ctx, policy, champion) : [],
    quality: asks("quality") ? await readQuality(ctx, policy, champion, now) : [],
    slos: await readSloSignals(ctx, triggers, now),
    labels: { count: asks("labels") ? await countNewLabels(ctx, policy, champion, now) : 0, dataEnd },
    datasets: await readDatasets(ctx, triggers, champion),
    slots: asks("schedule") ? await readSlots(ctx, policy, now) : new Map(),
  };
}

const noSignals: Signals = {
  drifts: [],
  quality: [],
  slos: [],
  labels: { count: 0, dataEnd: 0 },
  datasets: [],
  slots: new Map(),
};

/**
 * Open findings that inputs drift, of all rows. Those about predictions are consequences, and those about a canary or an earlier version are not about
 * the champion.
 */
async function readDrifts(ctx: Context, { endpointId }: PolicyRow, champion: Champion): Promise<Signals["drifts"]> {
  const of = monitoringFindings;
  const rows = await ctx.db
    .select({ id: of.id, feature: of.feature, openedAt: of.openedAt })
    .from(of)
    .where(
      and(
        eq(of.workspaceId, ctx.actor.workspaceId),
        eq(of.endpointId, endpointId),
        eq(of.watcher, "drift"),
        isNull(of.closedAt),
        ne(of.severity, "note"),
        ne(of.feature, ""),
        eq(of.segment, ""),
        or(like(of.key, "feature:%"), like(of.key, "slow:feature:%")),
        or(isNull(of.versionId), eq(of.versionId, champion.id)),
      ),
    )
    .orderBy(asc(of.openedAt), of.id)
    .limit(maxDrifts);
  return rows.map(({ id, feature, openedAt }) => ({ id, feature, since: openedAt.getTime() }));
}

/** Days (UTC) of the champion's quality that are over, as pages and monitors compute it; without a value where labels are not complete, or few. */
async function readQuality(
  ctx: Context,
  { endpointId, rules }: PolicyRow,
  { id: versionId, servesSince }: Champion,
  now: number,
): Promise<Signals["quality"]> {
  const to = startOfDay(now);
  const first = Math.max(startOfDay(servesSince), to - maxWindows * dayMs);
  const from = Math.min(first, to - minDays * dayMs);
  const facts = await readFacts(ctx, { endpointId, versionId, from: new Date(from), to: new Date(to) }, now);
  const windows = windowsOf(facts).filter(({ at }) => at >= first);
  return wantedMetrics(rules.triggers).map(({ source, metric }) => ({
    source,
    metric,
    windows: windows.map((window) => {
      const known = QualityMetric.safeParse(metric);
      const measured =
        known.success && (source === "estimated" || window.isMature) ? window[source][known.data] : undefined;
      return { endsAt: window.until, value: measured && measured.rows >= minRows ? measured.value : null };
    }),
  }));
}

function wantedMetrics(triggers: readonly RetrainingTrigger[]) {
  const wanted = triggers.filter((trigger) => trigger.kind === "quality");
  return [...new Map(wanted.map(({ source, metric }) => [`${source} ${metric}`, { source, metric }])).values()];
}

const startOfDay = (at: number) => Math.floor(at / dayMs) * dayMs;

/** The newest version of each dataset that a trigger names, where it is newer than what the champion learned from, and was not used by its run. */
async function readDatasets(
  ctx: Context,
  triggers: readonly RetrainingTrigger[],
  { dataEnd, datasets: used }: Champion,
): Promise<Signals["datasets"]> {
  const names = triggers.flatMap((trigger) => (trigger.kind === "dataset" ? trigger.dataset : []));
  if (names.length === 0) return [];
  const newest = await ctx.db
    .selectDistinctOn([datasetVersions.name], {
      name: datasetVersions.name,
      digest: datasetVersions.digest,
      createdAt: datasetVersions.createdAt,
    })
    .from(datasetVersions)
    .where(and(eq(datasetVersions.workspaceId, ctx.actor.workspaceId), inArray(datasetVersions.name, names)))
    .orderBy(datasetVersions.name, desc(datasetVersions.createdAt));
  return newest
    .filter(({ createdAt }) => createdAt.getTime() > dataEnd)
    .filter(({ name, digest }) => !used.some((one) => one.name === name && one.digest === digest))
    .map(({ name, digest }) => ({ name, digest }));
}

/** The last slot of each schedule since the policy exists and its last cycle began, by the trigger's place. */
async function readSlots(ctx: Context, policy: PolicyRow, now: number): Promise<Signals["slots"]> {
  const [last] = await ctx.db
    .select({ startedAt: max(retrainingCycles.startedAt) })
    .from(retrainingCycles)
    .where(and(eq(retrainingCycles.workspaceId, ctx.actor.workspaceId), eq(retrainingCycles.policyId, policy.id)));
  const after = (last?.startedAt ?? policy.createdAt).getTime();
  const slots = new Map<number, number>();
  policy.rules.triggers.forEach((trigger, at) => {
    const slot = trigger.kind === "schedule" ? lastSlot(trigger, { after, now }) : null;
    if (slot !== null) slots.set(at, slot);
  });
  return slots;
}
