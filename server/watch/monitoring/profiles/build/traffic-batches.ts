import { and, asc, eq, gte, isNotNull, lt, sql } from "drizzle-orm";
import { predictionLabels, predictions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { isOutsideGameDays } from "#server/serve/faults/outside-game-days.ts";
import { isRepresentative } from "#server/serve/labels/representative.ts";
import type { LoggedTensor } from "#server/serve/protocol/contract.ts";
import type { FeatureSpec, GivenTensor } from "../../features/contract.ts";
import type { ProfileSource } from "../contract.ts";
import type { ReferenceBatch } from "./reference-batch.ts";

const pageSize = 500;
/** Maximum number of requests read. */
const maxRequests = 1_000_000;

type Traffic = Extract<ProfileSource, { kind: "traffic" }>;

/**
 * Yields a representative sample of an endpoint's requests that a version served, as reference batches with their predictions. Skips
 * incompletely stored requests, shadow copies, and what a game day has affected.
 */
export async function* trafficBatches(
  ctx: Context,
  versionId: string,
  source: Traffic,
  specs: readonly FeatureSpec[],
): AsyncGenerator<ReferenceBatch> {
  const names = (role: FeatureSpec["role"]) => [
    ...new Set(specs.filter((spec) => spec.role === role).map((spec) => spec.source.tensor)),
  ];
  const [inputs, outputs] = [names("input"), names("output")];
  let after: { at: Date; id: string } | undefined;
  for (let read = 0; read < maxRequests; read += pageSize) {
    const page = await readPage(ctx, versionId, source, after);
    for (const { inputs: sent, outputs: answered, label } of page) {
      const rows = sent?.[0]?.shape[0] ?? 1;
      const given = { rows, inputs: tensorsOf(sent, inputs), outputs: tensorsOf(answered, outputs) };
      const isComplete = rows > 0 && given.inputs.length === inputs.length;
      if (!isComplete) continue;
      const hasResponse = given.outputs.length === outputs.length;
      // A label belongs to a request, which equals a row only if the request has exactly one.
      const labelOf = () => (rows === 1 ? label : null);
      yield { given: hasResponse ? given : { rows, inputs: given.inputs }, labelOf };
    }
    after = page.at(-1);
    if (page.length < pageSize) return;
  }
}

function tensorsOf(logged: LoggedTensor[] | null, names: readonly string[]): GivenTensor[] {
  return names.flatMap((wanted) => {
    const found = (logged ?? []).find(({ name }) => name === wanted);
    if (!found?.data) return [];
    // Booleans are numbers in tensors, and therefore also in the gateway's counts.
    const data = found.data.map((element) => (typeof element === "boolean" ? Number(element) : element));
    return [{ name: wanted, datatype: found.datatype, data }];
  });
}

function readPage(ctx: Context, versionId: string, source: Traffic, after: { at: Date; id: string } | undefined) {
  const isOfLabel = and(
    eq(predictionLabels.endpointId, predictions.endpointId),
    eq(predictionLabels.requestId, predictions.requestId),
    isRepresentative(predictionLabels.selection),
  );
  const isBehind =
    after && sql`(${predictions.at}, ${predictions.id}) > (${after.at.toISOString()}::timestamptz, ${after.id}::uuid)`;
  return ctx.db
    .select({
      at: predictions.at,
      id: predictions.id,
      label: predictionLabels.label,
      inputs: sql<LoggedTensor[] | null>`${predictions.inputs}`,
      outputs: sql<LoggedTensor[] | null>`${predictions.outputs}`,
    })
    .from(predictions)
    .leftJoin(predictionLabels, isOfLabel)
    .where(
      and(
        eq(predictions.workspaceId, ctx.actor.workspaceId),
        eq(predictions.endpointId, source.endpointId),
        eq(predictions.versionId, versionId),
        gte(predictions.at, source.from),
        lt(predictions.at, source.to),
        eq(predictions.loggedReason, "sampled"),
        eq(predictions.status, 200),
        sql`${predictions.arm} <> 'shadow'`,
        isNotNull(predictions.inputs),
        isOutsideGameDays(),
        isBehind,
      ),
    )
    .orderBy(asc(predictions.at), asc(predictions.id))
    .limit(pageSize);
}
