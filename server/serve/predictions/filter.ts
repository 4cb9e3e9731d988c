import { and, eq, gte, isNotNull, isNull, lt, or, type SQL, type SQLWrapper, sql } from "drizzle-orm";
import type { z } from "zod";
import { predictionLabels, predictions } from "#db/schema/index.ts";
import { DomainError } from "#server/base/errors.ts";
import type { InputCondition, ListPredictions } from "./contract.ts";

/** Returns whether the label equals the prediction: the class by its name or by its number. Null without one of them. */
export function rightOf({
  answer: prediction,
  outputIndex,
}: Record<"answer" | "outputIndex", SQLWrapper>): SQL<boolean | null> {
  return sql`(case when ${prediction} is not null then
    ${predictionLabels.label} = ${prediction} or ${predictionLabels.label} = coalesce(${outputIndex}::text, ${prediction}) end)`;
}

/** The same of a list of predictions. */
export const isCorrect = rightOf(predictions);

/** Returns the conditions of a list of predictions, except its workspace. @throws DomainError "invalid" for an invalid cursor */
export function predictionFilter(filter: z.output<typeof ListPredictions>): SQL | undefined {
  const { endpointId, from, to, versionId, arm, failed, status, label, loggedReason, requestId, id, search, cursor } =
    filter;
  return and(
    eq(predictions.endpointId, endpointId),
    from ? gte(predictions.at, from) : undefined,
    to ? lt(predictions.at, to) : undefined,
    versionId ? eq(predictions.versionId, versionId) : undefined,
    arm ? eq(predictions.arm, arm) : undefined,
    failed ? gte(predictions.status, 400) : undefined,
    status === undefined ? undefined : eq(predictions.status, status),
    label ? byLabel[label] : undefined,
    filter.confidenceBelow === undefined ? undefined : lt(predictions.confidence, filter.confidenceBelow),
    filter.latencyMsFrom === undefined ? undefined : gte(predictions.latencyMs, filter.latencyMsFrom),
    filter.latencyMsBelow === undefined ? undefined : lt(predictions.latencyMs, filter.latencyMsBelow),
    ...(filter.inputs ?? []).map(byInput),
    loggedReason ? eq(predictions.loggedReason, loggedReason) : undefined,
    requestId === undefined ? undefined : eq(predictions.requestId, requestId),
    id === undefined ? undefined : eq(predictions.id, id),
    search ? byEitherId(search) : undefined,
    cursor === undefined ? undefined : before(cursor),
  );
}

const byLabel: Record<NonNullable<ListPredictions["label"]>, SQL> = {
  with: isNotNull(predictionLabels.label),
  without: isNull(predictionLabels.label),
  right: isCorrect,
  wrong: sql`not ${isCorrect}`,
};

/** Postgres' own numbers: it must not meet a text that is none. */
const number = String.raw`^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,2})?\s*$`;

/** Compares the first value of an input as requested; a text is not a number, and neither less nor more. */
function byInput({ name, sign, value }: InputCondition): SQL {
  const first = sql`tensor->'data'->>0`;
  const requested = Number(value);
  const isNumber = value.trim() !== "" && Number.isFinite(requested);
  const compares =
    sign === "="
      ? isNumber
        ? sql`(${first} = ${value} or (case when ${first} ~ ${number} then (${first})::float8 = ${requested}::float8 end))`
        : sql`${first} = ${value}`
      : sql`(case when ${first} ~ ${number} then (${first})::float8 ${sql.raw(sign)} ${isNumber ? requested : null}::float8 end)`;
  return sql`exists (select from jsonb_array_elements(case when jsonb_typeof(${predictions.inputs}) = 'array'
    then ${predictions.inputs} else '[]' end) as tensor where tensor->>'name' = ${name} and ${compares})`;
}

function byEitherId(text: string): SQL | undefined {
  const isUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
  return or(eq(predictions.requestId, text), isUuid ? eq(predictions.id, text) : undefined);
}

/** Returns the condition for rows before a cursor. Times are stored in milliseconds, so a cursor identifies a row's position exactly. */
function before(cursor: string): SQL {
  const [, at, id] = /^([0-9TZ:.-]{20,30})_([0-9a-f-]{36})$/.exec(cursor) ?? [];
  if (!at || !id) throw new DomainError("invalid", 'Invalid cursor. Use the "next" value of a previous page.');
  return sql`(${predictions.at}, ${predictions.id}) < (${at}::timestamptz, ${id}::uuid)`;
}
