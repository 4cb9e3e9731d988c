import { and, desc, eq, gte, isNotNull, lt, ne, sql } from "drizzle-orm";
import { predictions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { findUploadedVersion } from "#server/develop/datasets/lookups.ts";
import { openTable } from "#server/develop/datasets/rows/open-table.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { isOutsideGameDays } from "#server/serve/faults/outside-game-days.ts";
import type { LoggedTensor } from "#server/serve/protocol/contract.ts";
import { type Field, type Fields, SkewTally } from "./compare-fields.ts";
import { SkewQuestion, type SkewResult } from "./contract.ts";

interface Served {
  key: string;
  fields: Map<string, Field>;
}

/**
 * Compares inputs that were served with the rows of a dataset that say what they should have been, by a key, field by field (docs/spec/drift.md
 * section 10). For the worker. Inputs of one number or word a request are compared.
 * @throws DomainError "not-found", "invalid" where the key has no column; UnreadableFile with line and column
 */
export async function runSkew(ctx: Context, store: ArtifactStore, input: SkewQuestion): Promise<SkewResult> {
  const question = SkewQuestion.parse(input);
  const dataset = await findUploadedVersion(ctx, question.dataset);
  const served = await readServed(ctx, question);
  const table = await openTable(store, dataset);
  const keyIndex = table.columns.indexOf(question.keyColumn);
  if (keyIndex < 0) {
    throw new DomainError("invalid", `The dataset has no column "${question.keyColumn}". Specify the key column.`, {
      field: "keyColumn",
    });
  }
  const names = [...new Set(served.flatMap(({ fields }) => [...fields.keys()]))];
  const indices = names.flatMap((name) => {
    const index = table.columns.indexOf(question.columns[name] ?? name);
    return index < 0 ? [] : [{ name, index }];
  });
  const wanted = new Set(served.map(({ key }) => key));
  const recomputed = new Map<string, Fields>();
  for await (const { values } of table.rows) {
    const key = values[keyIndex]?.text ?? "";
    if (!wanted.has(key)) continue;
    recomputed.set(key, new Map(indices.map(({ name, index }) => [name, values[index]?.text ?? null])));
  }
  const tally = new SkewTally(question);
  for (const { key, fields } of served) tally.add(key, fields, recomputed.get(key));
  return tally.result();
}

async function readServed(
  ctx: Context,
  { endpointId, from, to, maxRequests, keyInput }: ReturnType<typeof SkewQuestion.parse>,
) {
  const rows = await ctx.db
    .select({ requestId: predictions.requestId, inputs: sql<LoggedTensor[]>`${predictions.inputs}` })
    .from(predictions)
    .where(
      and(
        eq(predictions.workspaceId, ctx.actor.workspaceId),
        eq(predictions.endpointId, endpointId),
        eq(predictions.loggedReason, "sampled"),
        ne(predictions.arm, "shadow"),
        isNotNull(predictions.inputs),
        isOutsideGameDays(),
        gte(predictions.at, from),
        lt(predictions.at, to),
      ),
    )
    .orderBy(desc(predictions.at))
    .limit(maxRequests);
  return rows.flatMap(({ requestId, inputs }): Served[] => {
    const fields = new Map(
      inputs.flatMap(({ name, data }): [string, Field][] => (data?.length === 1 ? [[name, data[0] ?? null]] : [])),
    );
    const key = keyInput === null ? requestId : fields.get(keyInput);
    return key === undefined || key === null ? [] : [{ key: String(key), fields }];
  });
}
