import { is } from "drizzle-orm";
import { PgTransaction } from "drizzle-orm/pg-core";
import type { Context } from "./context.ts";

/**
 * Runs independent reads: each on its own connection, or one after the other inside a transaction, whose single
 * connection takes one query at a time.
 */
export async function sideBySide<Results extends unknown[]>(
  ctx: Context,
  reads: [...{ [Index in keyof Results]: () => Promise<Results[Index]> }],
): Promise<Results> {
  if (!is(ctx.db, PgTransaction)) return (await Promise.all(reads.map((read) => read()))) as Results;
  const results: unknown[] = [];
  for (const read of reads) results.push(await read());
  return results as Results;
}
