import { orUndefined } from "#app/_lib/or-undefined.ts";
import { changeMarkers } from "#components/respond/debug/change-markers.ts";
import { toWire } from "#components/ui/wire.ts";
import type { RequestState } from "#components/watch/monitoring/quality/analyses/request-state.ts";
import type { Context } from "#server/base/context.ts";
import { listReadVersions } from "#server/develop/datasets/queries.ts";
import { listVersions } from "#server/develop/registry/versions/queries.ts";
import { listChanges } from "#server/respond/changes/queries.ts";
import type { Endpoint } from "#server/serve/endpoints/contract.ts";
import { listAnalyses } from "#server/watch/monitoring/analyses/queries.ts";
import { listFindings } from "#server/watch/monitoring/findings/queries.ts";
import { adviseReference } from "#server/watch/monitoring/profiles/advise-reference.ts";
import type { GetQuality } from "#server/watch/monitoring/quality/contract.ts";
import { getFairnessWeeks } from "#server/watch/monitoring/quality/fairness/queries.ts";
import { getQualityBoard, type QualityBoard } from "#server/watch/monitoring/quality/queries.ts";

/** Reads the choices for an analysis; lists that fail to load are empty. */
export async function readRequestState(
  ctx: Context,
  { id: endpointId, name: endpoint, current }: Endpoint,
  query: GetQuality,
): Promise<Omit<RequestState, "request" | "why">> {
  const of = current && { name: current.modelName, version: current.version };
  const versions = await orUndefined("versions", async () => (of ? listVersions(ctx, { name: of.name }) : []));
  const advice = await orUndefined("inputs", async () => (of ? adviseReference(ctx, of) : undefined));
  const datasets = await orUndefined("datasets", () => listReadVersions(ctx));
  return {
    endpointId,
    endpoint,
    currentId: current?.versionId,
    versions: (versions ?? []).map(({ id, version, aliases }) => ({
      id,
      label: [`v${version}`, ...aliases].join(", "),
    })),
    inputs: advice?.inputs ?? [],
    datasets: datasets ?? [],
    from: new Date(query.from as Date).toISOString(),
    to: new Date(query.to as Date).toISOString(),
  };
}

/** Monitors whose findings link to this page. */
const watchers = ["quality", "estimate", "fairness", "consistency"] as const;

/** Reads the data of the page; the chart works without markers, too. */
export async function readQualityPage(ctx: Context, query: GetQuality) {
  const { endpointId } = query;
  const board = await orUndefined<QualityBoard>("board", () => getQualityBoard(ctx, query));
  const span = { from: new Date(query.from as Date), to: new Date(query.to as Date) };
  const changes = await orUndefined("markers", () => listChanges(ctx, { endpointId, ...span, limit: 40 }));
  const analyses = await orUndefined("analyses", () => listAnalyses(ctx, { endpointId }));
  const weeks = await orUndefined("fairness", () => getFairnessWeeks(ctx, { endpointId, to: span.to }));
  const findings = await orUndefined("findings", () => listFindings(ctx, { endpointId, watchers: [...watchers] }));
  return { board, analyses, weeks, findings: toWire(findings ?? []), markers: changeMarkers(toWire(changes ?? [])) };
}
