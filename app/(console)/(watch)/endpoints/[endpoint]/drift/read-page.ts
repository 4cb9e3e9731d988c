import { foundOrNot } from "#app/_lib/found.ts";
import { orUndefined } from "#app/_lib/or-undefined.ts";
import { heldRange } from "#components/serve/endpoints/time-range.ts";
import { type ShownKind, shownKinds } from "#components/watch/monitoring/drift/features-panel.tsx";
import { driftQuery, driftRangeOf } from "#components/watch/monitoring/drift/ranges.ts";
import type { Context } from "#server/base/context.ts";
import { listChanges } from "#server/respond/changes/queries.ts";
import { listAnalyses } from "#server/watch/monitoring/analyses/queries.ts";
import type { WindowLength } from "#server/watch/monitoring/contract.ts";
import type { DriftReport } from "#server/watch/monitoring/drift/report/contract.ts";
import { getDrift } from "#server/watch/monitoring/drift/report/get-drift.ts";
import { getDriftHistory } from "#server/watch/monitoring/drift/report/get-drift-history.ts";
import { getFeatureDrift } from "#server/watch/monitoring/drift/report/get-feature-drift.ts";
import { getQuality, getQualityHistory } from "#server/watch/monitoring/quality/queries.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Minimum time range for quality, since labels arrive late; not applied without a requested range if windows are five minutes long. */
const minQualityMs = 30 * dayMs;

type Search = Record<string, string | string[] | undefined>;

/** Parses the view from a URL, with defaults where it specifies nothing. */
export function viewOf(search: Search) {
  const text = (key: string) => (typeof search[key] === "string" ? search[key] : undefined);
  const shown: ShownKind = shownKinds.find((kind) => kind === search.show) ?? "all";
  return {
    range: driftRangeOf(search),
    segment: text("segment") ?? "",
    feature: text("feature"),
    shown,
    requested: {
      held: heldRange(search),
      version: text("version"),
    },
  };
}

type View = ReturnType<typeof viewOf>;

/**
 * Reads all data of the page: the selected feature defaults to the first one. A part other than the report that fails to load is
 * undefined.
 */
export async function readDriftPage(ctx: Context, endpointId: string, view: View) {
  const filter = { endpointId, ...driftQuery(view.range), segment: view.segment };
  const usual = await getDrift(ctx, filter);
  const versionId = usual.versions.find(({ version }) => String(version) === view.requested.version)?.id;
  const isOther = versionId !== undefined && versionId !== usual.version?.id;
  const report = isOther ? await getDrift(ctx, { ...filter, versionId }) : usual;
  const feature = report.features.find(({ name }) => name === view.feature)?.name ?? report.features[0]?.name;
  const of = { ...filter, ...(report.version && { versionId: report.version.id }) };
  const detail = await orUndefined("feature", async () =>
    feature ? foundOrNot(getFeatureDrift(ctx, { ...of, feature })) : undefined,
  );
  const isRequested = Object.keys(view.requested.held).length > 0;
  const length = lengthOf(report, isRequested);
  const query = {
    endpointId,
    length,
    segment: view.segment,
    ...(feature && { feature }),
    ...(view.range.fixed && { to: report.to }),
  };
  return {
    report,
    feature,
    detail,
    history: await orUndefined("history", () => getDriftHistory(ctx, query)),
    quality: await orUndefined("quality", () => readQuality(ctx, endpointId, report, isRequested)),
    analyses: await orUndefined("analyses", () => listAnalyses(ctx, { endpointId })),
  };
}

/** Returns the length of the windows to show: those evaluated in the range, or five minutes where no range was requested. */
function lengthOf({ length, settings: { lengths } }: DriftReport, isRequested: boolean): WindowLength {
  if (!isRequested && lengths.includes("five-minutes")) return "five-minutes";
  if (lengths.includes(length)) return length;
  return lengths.includes("day") ? "day" : (lengths[0] ?? "day");
}

async function readQuality(
  ctx: Context,
  endpointId: string,
  { from, to, settings }: DriftReport,
  isRequested: boolean,
) {
  const isBrief = !isRequested && settings.lengths.includes("five-minutes");
  const start = isBrief ? to.getTime() - hourMs : Math.min(from.getTime(), to.getTime() - minQualityMs);
  const span = { endpointId, from: new Date(start), to };
  const summary = await getQuality(ctx, span);
  const history = await getQualityHistory(ctx, { ...span, metric: summary.metric });
  // The chart remains useful without markers.
  const changes = await orUndefined("markers", () => listChanges(ctx, { endpointId, from: span.from, to, limit: 40 }));
  return { summary, history, changes: changes ?? [] };
}
