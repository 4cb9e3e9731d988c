import { inArray } from "drizzle-orm";
import { modelVersions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import type { Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import type { LoggedTensor } from "#server/serve/protocol/contract.ts";
import { FeatureReader } from "../../features/feature-reader.ts";
import { featuresOf } from "../../features/features-of.ts";
import { asLevel, asNumber } from "../../features/read-features.ts";
import type { LabelledPrediction } from "./contract.ts";
import { truthOf } from "./truth-of.ts";

/** Log entry of one prediction. */
interface LoggedRow {
  /** Milliseconds since 1970. */
  answeredAt: number;
  versionId: string;
  arm: LabelledPrediction["arm"];
  outputs: LoggedTensor[] | null;
  answer: string | null;
  outputIndex: number | null;
  confidence: number | null;
  label: string | null;
  lagMs: number | null;
  replaced: number | null;
  segments: string[];
}

/** Reader of a version's predictions. */
export interface Sides {
  reader: FeatureReader;
  isClass: boolean;
  isNumber: boolean;
  hasScore: boolean;
  isBinary: boolean;
  labels: readonly string[] | undefined;
}

/** Reads predictions from logged outputs, in the same way as gateways count them; the properties of versions are read once. */
export class PredictionReader {
  private readonly sides = new Map<string, Sides | undefined>();

  async read(ctx: Context, row: LoggedRow): Promise<LabelledPrediction> {
    const sides = await this.sidesOf(ctx, row.versionId);
    const { answeredAt, versionId, arm, label, lagMs, replaced, segments } = row;
    const { prediction, score } = readOutputs(sides, row);
    return {
      at: answeredAt,
      versionId,
      arm,
      prediction,
      score,
      segments,
      isBinary: sides?.isBinary ?? false,
      lastClass: sides?.labels?.[1] ?? "1",
      truth: label === null ? null : typeof prediction === "string" ? truthOf(label, sides?.labels) : label,
      lagMs: label === null ? null : lagMs,
      replaced: replaced ?? 0,
    };
  }

  private async sidesOf(ctx: Context, versionId: string): Promise<Sides | undefined> {
    if (!this.sides.has(versionId)) this.sides.set(versionId, await readSides(ctx, versionId));
    return this.sides.get(versionId);
  }
}

/** Returns how to read the predictions of a version; undefined without a signature. The caller has checked permissions. */
export async function readSides(ctx: Context, versionId: string): Promise<Sides | undefined> {
  return (await readSidesOf(ctx, [versionId])).get(versionId);
}

/** Reads the sides of several versions, without those that have no signature. */
export async function readSidesOf(ctx: Context, versionIds: readonly string[]): Promise<Map<string, Sides>> {
  if (versionIds.length === 0) return new Map();
  const rows = await ctx.db
    .select({ id: modelVersions.id, signature: modelVersions.signature, pipeline: modelVersions.pipeline })
    .from(modelVersions)
    .where(inArray(modelVersions.id, [...versionIds]));
  return new Map(
    rows.flatMap(({ id, signature, pipeline }) => {
      if (!signature) return [];
      return [[id, sidesOf(signature, pipeline ?? undefined)]];
    }),
  );
}

function sidesOf(signature: Signature, pipeline: Pipeline | undefined): Sides {
  const specs = featuresOf(signature, pipeline);
  const outputs = specs.filter(({ role }) => role === "output");
  const prediction = outputs.find(({ name }) => name === "prediction" || name === "prediction (answer)");
  const score = outputs.find(({ source }) => source.from === "score");
  return {
    reader: new FeatureReader([prediction, score], { labels: signature.labels }),
    isClass: prediction?.kind === "categorical",
    isNumber: prediction?.kind === "numeric",
    hasScore: score !== undefined,
    isBinary: score?.source.from === "score" && score.source.width <= 2,
    labels: signature.labels,
  };
}

function readOutputs(sides: Sides | undefined, row: LoggedRow): Pick<LabelledPrediction, "prediction" | "score"> {
  const tensors = (row.outputs ?? []).flatMap(({ name, datatype, data }) => (data ? [{ name, datatype, data }] : []));
  const isOneRow = row.outputs?.every(({ shape }) => (shape[0] ?? 1) === 1) ?? false;
  if (sides && isOneRow && tensors.length > 0) {
    sides.reader.bind({ inputs: [], outputs: tensors });
    const value = sides.reader.value(0, 0);
    const prediction = sides.isClass ? asLevel(value) : asNumber(value);
    const score = sides.hasScore ? asNumber(sides.reader.value(1, 0)) : null;
    if (prediction !== null && prediction !== undefined) return { prediction, score: score ?? null };
  }
  // Outputs may be redacted, too large or of another step of a cascade: the log's own columns tell what can be compared.
  return { prediction: row.answer, score: scoreOf(sides, row) };
}

function scoreOf(sides: Sides | undefined, { answer: prediction, outputIndex, confidence }: LoggedRow): number | null {
  if (prediction === null || confidence === null) return null;
  if (!sides?.isBinary) return confidence;
  const isLast = outputIndex === 1 || prediction === sides.labels?.[1];
  return isLast ? confidence : 1 - confidence;
}
