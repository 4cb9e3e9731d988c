import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { formatCount } from "#server/base/format-number.ts";
import { limits } from "#server/base/limits.ts";
import { rowsOf } from "#server/base/rows-of.ts";

/** Params or tags of a run: their number, and the bytes of their values. */
export type StoredEntries = {
  entries: number;
  bytes: number;
};

const tables = { params: "run_params", tags: "run_tags" } as const;
type Kind = keyof typeof tables;

const Counted = z.object({ id: z.string(), entries: z.number(), bytes: z.number() });

/** Returns the columns of StoredEntries, as they were before the statement, whose placeholder `runId` names the run. */
export function entriesBefore(table: (typeof tables)[Kind]): SQL {
  const own = sql`from ${sql.identifier(table)} where run_id = ${sql.placeholder("runId")}`;
  return sql`
    (select count(*)::int ${own}) as entries,
    (select coalesce(sum(octet_length(value)), 0) ${own}) as bytes`;
}

/** Returns the length of texts in UTF-8. */
export function bytesOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

/**
 * Checks the params or tags of runs after some were stored. Usually those of before, and those sent, show that they fit.
 * @param before of the only run; undefined if it was not read
 * @param sent values that were stored
 * @throws DomainError "invalid"; the caller's transaction then stores nothing
 */
export async function requireRoom(
  ctx: Context,
  kind: Kind,
  runIds: readonly string[],
  before: StoredEntries | undefined,
  sent: readonly string[],
): Promise<void> {
  const fits =
    before && before.entries + sent.length <= limits.runEntries && before.bytes + bytesOf(sent) <= limits.runEntryBytes;
  if (fits) return;
  const rows = rowsOf(
    Counted,
    await ctx.db.execute(sql`
      select run_id as id, count(*)::int as entries, sum(octet_length(value)) as bytes
      from ${sql.identifier(tables[kind])} where run_id = any(${sql.param([...runIds])}) group by run_id`),
  );
  for (const { id, ...now } of rows) checkRoom(kind, `run '${id}'`, now, before);
}

/**
 * Checks the number and size of the params or tags of one run. A run of an earlier release may have more, and its values can still change.
 * @param run its name in messages
 * @throws DomainError "invalid", as MLflow does for its limits
 */
export function checkRoom(kind: Kind, run: string, { entries, bytes }: StoredEntries, before?: StoredEntries): void {
  if (entries > limits.runEntries && entries > (before?.entries ?? 0)) {
    const [most, got] = [formatCount(limits.runEntries), formatCount(entries)];
    throw new DomainError("invalid", `At most ${most} ${kind} per run; got ${got} for ${run}. Nothing was stored.`);
  }
  if (bytes > limits.runEntryBytes && bytes > (before?.bytes ?? 0)) {
    const [most, got] = [formatCount(limits.runEntryBytes), formatCount(bytes)];
    throw new DomainError(
      "invalid",
      `At most ${most} bytes of ${kind} per run; got ${got} for ${run}. Nothing was stored.`,
    );
  }
}
