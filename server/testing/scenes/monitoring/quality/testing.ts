import { randomUUID } from "node:crypto";
import { predictionLabels, predictions, referenceProfiles } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { mlpSignature, newVersion } from "#server/testing/scenes/serving/testing.ts";
import { storeStates } from "../../../../watch/monitoring/history/store-states.ts";
import { packState } from "../../../../watch/monitoring/state/pack-state.ts";
import { addScore, emptyScores } from "../../../../watch/monitoring/state/scores.ts";

/** An endpoint whose version answers "on time" or "late" with probabilities. */
export async function newLateness(ctx: Context, name = "lateness") {
  const { id: endpointId } = await createEndpoint(ctx, { name });
  const outputs = [{ name: "probabilities", datatype: "FP32" as const, shape: ["N", 2] }];
  const signature = { ...mlpSignature, outputs, labels: ["on time", "late"] };
  const { id: versionId } = await newVersion(ctx, { model: name, signature });
  return { endpointId, versionId };
}

/** A reference that is in force, without features. */
export async function newReference(
  ctx: Context,
  versionId: string,
  wish: Partial<typeof referenceProfiles.$inferInsert> = {},
): Promise<string> {
  const [row] = await ctx.db
    .insert(referenceProfiles)
    .values({
      workspaceId: ctx.actor.workspaceId,
      versionId,
      state: "ready",
      rows: 1000,
      createdBy: "test",
      source: { kind: "dataset", name: "d", digest: "x", labelColumn: null, where: null, columns: {} },
      ...wish,
    })
    .returning();
  return row?.id as string;
}

export interface ScoredAnswer {
  at: Date;
  /** Of "late". */
  score: number;
  /** Null without a label. */
  truth: string | null;
  lagMs?: number;
  carrier?: string;
}

/** Puts answers into the log, with their labels. */
export async function logPredictions(
  ctx: Context,
  of: { endpointId: string; versionId: string },
  answers: readonly ScoredAnswer[],
): Promise<void> {
  const { workspaceId } = ctx.actor;
  const rows = answers.map((answer) => ({ ...answer, requestId: randomUUID() }));
  await ctx.db.insert(predictions).values(
    rows.map(({ at, score, requestId, carrier }) => ({
      id: randomUUID(),
      workspaceId,
      ...of,
      arm: "stable" as const,
      at,
      requestId,
      status: 200,
      provider: "cpu",
      latencyMs: 1,
      answer: score >= 0.5 ? "late" : "on time",
      outputIndex: score >= 0.5 ? 1 : 0,
      confidence: Math.max(score, 1 - score),
      inputs: carrier ? [{ name: "carrier", datatype: "BYTES", shape: [1, 1], data: [carrier] }] : null,
      outputs: [{ name: "probabilities", datatype: "FP64", shape: [1, 2], data: [1 - score, score] }],
    })),
  );
  const labelled = rows.flatMap(({ at, truth, lagMs = 0, requestId }) => {
    const receivedAt = new Date(at.getTime() + lagMs);
    if (truth === null) return [];
    return [{ workspaceId, endpointId: of.endpointId, requestId, label: truth, observedAt: receivedAt, receivedAt }];
  });
  if (labelled.length > 0) await ctx.db.insert(predictionLabels).values(labelled);
}

/** Counts scores as a gateway does, a minute at a time. */
export async function storeScores(
  ctx: Context,
  of: { endpointId: string; versionId: string; profileId: string },
  answers: readonly Pick<ScoredAnswer, "at" | "score">[],
): Promise<void> {
  const byMinute = Map.groupBy(answers, ({ at }) => Math.floor(at.getTime() / minuteMs) * minuteMs);
  const minutes = [...byMinute].map(([start, own]) => {
    const scores = emptyScores();
    for (const { score } of own) addScore(scores, score);
    const state = packState({ rows: own.length, features: [], scores: new Map([["", scores]]) });
    const key = { workspaceId: ctx.actor.workspaceId, ...of, arm: "stable" as const, segment: "" };
    return { ...key, start, rows: own.length, state };
  });
  await storeStates(ctx.db, "g1", minutes);
}
