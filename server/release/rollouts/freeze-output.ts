import { and, desc, eq, gte, ne } from "drizzle-orm";
import { modelVersions, predictions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import { isOutsideGameDays } from "#server/serve/faults/outside-game-days.ts";
import { maxClasses } from "#server/serve/rollout/check-outputs.ts";
import type { FrozenFacts } from "../../serve/rollout/contract.ts";
import type { Frozen } from "./freeze-facts.ts";

type Output = Pick<FrozenFacts, "outputBins" | "binnedOutput" | "outputBinCount">;

/** Maximum number of predictions that determine the bins of a numeric output. */
const maxPredictions = 2_000;
const bins = 10;

/**
 * Determines the bins of outputs for the complete rollout: by class where the serving version predicts classes, else by deciles of the
 * numbers that it predicted in the last day. Without recorded predictions there are no bins of numbers, so that nothing is counted and
 * the guardrail waits for data.
 */
export async function freezeOutput(ctx: Context, frozen: Frozen): Promise<Output> {
  const none: Output = { outputBins: null, binnedOutput: null };
  if (!frozen.plan.guardrails.some(({ metric }) => metric === "output-shift")) return none;
  const signature = await signatureOf(ctx, frozen.versionId);
  const rows = await recorded(ctx, frozen);
  const highest = Math.max(
    -1,
    ...rows.map(({ answer: prediction, outputIndex }) => outputIndex ?? classNumber(prediction)),
  );
  if (signature?.labels || rows.some(({ answer: prediction }) => prediction !== null)) {
    const count = Math.max(classesOf(signature) ?? 0, highest + 1);
    return count > 0 ? { ...none, outputBinCount: count } : none;
  }
  return numberBins(rows.map(({ outputs }) => (outputs ?? []) as RecordedOutput[])) ?? none;
}

async function signatureOf(ctx: Context, versionId: string): Promise<Signature | undefined> {
  const { id, signature } = modelVersions;
  const [row] = await ctx.db.select({ signature }).from(modelVersions).where(eq(id, versionId));
  return (row?.signature ?? undefined) as Signature | undefined;
}

/** Returns a representative sample of the last day's requests to the serving version. */
function recorded(ctx: Context, { endpointId, versionId }: Frozen) {
  const { answer: prediction, outputIndex, outputs, at } = predictions;
  return ctx.db
    .select({ answer: prediction, outputIndex, outputs })
    .from(predictions)
    .where(
      and(
        eq(predictions.workspaceId, ctx.actor.workspaceId),
        eq(predictions.endpointId, endpointId),
        eq(predictions.versionId, versionId),
        ne(predictions.arm, "shadow"),
        eq(predictions.loggedReason, "sampled"),
        isOutsideGameDays(),
        gte(at, new Date(Date.now() - dayMs)),
      ),
    )
    .orderBy(desc(at))
    .limit(maxPredictions);
}

/** Returns the number of classes of a version, from its class names or the width of the first row of numbers that could be theirs. */
function classesOf(signature: Signature | undefined): number | undefined {
  if (signature?.labels) return signature.labels.length;
  const widths = (signature?.outputs ?? []).map(({ shape }) => shape.slice(Math.min(1, shape.length - 1)));
  return widths
    .filter((shape) => shape.length > 0 && shape.every((size) => typeof size === "number"))
    .map((shape) => shape.reduce<number>((product, size) => product * Number(size), 1))
    .find((width) => width >= 2 && width <= maxClasses);
}

/** Returns the number of a class that is predicted by number. */
function classNumber(prediction: string | null): number {
  const number = prediction === null ? -1 : Number(prediction);
  return Number.isInteger(number) && number < maxClasses ? number : -1;
}

interface RecordedOutput {
  name: string;
  data?: unknown[];
}

/** Determines bins from the first number of each output, as gateways read it; undefined where none was recorded. */
function numberBins(results: readonly RecordedOutput[][]): Output | undefined {
  const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
  const name = results.flat().find(({ data }) => isNumber(data?.[0]))?.name;
  const numbers = results
    .map((outputs) => outputs.find((output) => output.name === name)?.data?.[0])
    .filter(isNumber)
    .toSorted((a, b) => a - b);
  if (name === undefined) return undefined;
  const edges = Array.from({ length: bins - 1 }, (_, at) => numbers[Math.floor(((at + 1) * numbers.length) / bins)]);
  return { outputBins: [...new Set(edges)].filter(isNumber), binnedOutput: name };
}
