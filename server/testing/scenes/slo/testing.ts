import { randomUUID } from "node:crypto";
import { predictionLabels, predictions, slos } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { newVersion } from "#server/testing/scenes/serving/testing.ts";
import { SloDefinition } from "../../../watch/objectives/contract.ts";
import type { Indicator } from "../../../watch/objectives/indicators/contract.ts";
import { ensureSeries } from "../../../watch/slo/rollup/ensure-series.ts";

/** An endpoint and two versions. */
export async function newServed(ctx: Context, name = "digits") {
  const { id: endpointId } = await createEndpoint(ctx, { name });
  const { id: versionId } = await newVersion(ctx, { model: name });
  const { id: nextVersionId } = await newVersion(ctx, { model: name, version: 2 });
  return { endpointId, versionId, nextVersionId };
}

type Input = Partial<Omit<typeof SloDefinition._input, "indicator">> & { name?: string };

/** An SLO as it is stored, without the command that makes one. */
export async function newSlo(ctx: Context, indicator: Indicator | null, { name = "an-slo", ...wish }: Input = {}) {
  const definition = SloDefinition.parse({
    service: "digits",
    target: 0.999,
    period: { kind: "rolling", days: 30 },
    rules: { tiers: [], absent: null },
    ...wish,
    indicator,
  });
  const seriesId = indicator ? await ensureSeries(ctx, indicator) : null;
  const { workspaceId } = ctx.actor;
  const endpointId = indicator && "endpointId" in indicator ? indicator.endpointId : null;
  const [row] = await ctx.db
    .insert(slos)
    .values({ workspaceId, name, endpointId, seriesId, definition, createdBy: "test" })
    .returning();
  if (!row) throw new Error("The SLO was not created.");
  return { ...row, seriesId: seriesId ?? "", definition };
}

type LoggedInput = Partial<typeof predictions.$inferInsert> & { endpointId: string; versionId: string; at: Date };

/** A prediction in the log, with its label when there is one. */
export async function newLogged(
  ctx: Context,
  { label, receivedAt, ...wish }: LoggedInput & { label?: string; receivedAt?: Date },
) {
  const { workspaceId } = ctx.actor;
  const row = {
    id: randomUUID(),
    workspaceId,
    arm: "stable" as const,
    requestId: randomUUID(),
    status: 200,
    provider: "cpu",
    latencyMs: 1,
    ...wish,
  };
  await ctx.db.insert(predictions).values(row);
  if (label === undefined) return;
  const observedAt = receivedAt ?? wish.at;
  await ctx.db.insert(predictionLabels).values({
    workspaceId,
    endpointId: wish.endpointId,
    requestId: row.requestId,
    label,
    observedAt,
    receivedAt: observedAt,
  });
}
