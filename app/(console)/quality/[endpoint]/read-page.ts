import { orUndefined } from "#app/_lib/or-undefined.ts";
import { changeMarkers } from "#components/debug/change-markers.ts";
import { toWire } from "#components/ui/wire.ts";
import { listChanges } from "#server/changes/queries.ts";
import type { Context } from "#server/context.ts";
import { listAnalyses } from "#server/monitoring/analyses/queries.ts";
import type { GetQuality } from "#server/monitoring/quality/contract.ts";
import { getQualityBoard, type QualityBoard } from "#server/monitoring/quality/queries.ts";

/** What the page shows; without markers the chart is good, too. */
export async function readQualityPage(ctx: Context, asked: GetQuality) {
  const { endpointId } = asked;
  const board = await orUndefined<QualityBoard>("board", () => getQualityBoard(ctx, asked));
  const span = { from: new Date(asked.from as Date), to: new Date(asked.to as Date) };
  const changes = await orUndefined("markers", () => listChanges(ctx, { endpointId, ...span, limit: 40 }));
  const analyses = await orUndefined("analyses", () => listAnalyses(ctx, { endpointId }));
  return { board, analyses: analyses ?? [], markers: changeMarkers(toWire(changes ?? [])) };
}
