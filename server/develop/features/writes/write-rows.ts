import { sql } from "drizzle-orm";
import { z } from "zod";
import { numbersOf } from "#db/prepared.ts";
import type { Context } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import type { WrittenFeatures } from "../contract.ts";
import type { WrittenRow } from "../rows/feature-rows.ts";
import { byteaArray, postgresRows } from "../rows/postgres-rows.ts";
import { newestPerKey, type PackedRow } from "./newest-per-key.ts";

interface WriteRowsOptions {
  arrivedAt: number;
  origin: string;
  isHistoryOnly?: boolean;
  /** Called with the rows that are the newest of their keys now, for who stores them elsewhere after the commit. */
  onNewest?: ((rows: WrittenRow[]) => void) | undefined;
}

/**
 * Writes rows of one view in the caller's transaction, docs/spec/features.md section 4: the newest event stays, whatever the order of
 * arrival. Every row goes to the history.
 * @param rows in the order of writing
 */
export async function writeRows(
  ctx: Context,
  viewNumber: number,
  rows: readonly PackedRow[],
  { arrivedAt, origin, isHistoryOnly = false, onNewest }: WriteRowsOptions,
): Promise<WrittenFeatures> {
  if (rows.length === 0) return { written: 0, older: 0 };
  const { workspaceId } = ctx.actor;
  const isNewest = isHistoryOnly ? new Set<PackedRow>() : await keepNewest(ctx, viewNumber, rows, arrivedAt);
  // After the rows, whose locks are held now: of two writers of a key, the later gets the greater sequence numbers. In the order of keys, which
  // takes half the time of any other: neighbours in the index are written together.
  const arrived = await ctx.db.execute(sql`
    insert into feature_arrivals (view_number, arrived_at, workspace_id, key, event_at, created_at, packed, is_newest, is_online, origin)
    select ${viewNumber}::int, ${arrivedAt}::int8, ${workspaceId}::uuid, key, event_at, created_at, packed, is_newest, ${!isHistoryOnly}, ${origin}
    from unnest(${byteaArray(rows.map(({ key }) => key))}::bytea[], ${numbersOf(rows.map(({ eventAt }) => eventAt))}::int8[],
      ${numbersOf(rows.map(({ createdAt }) => createdAt))}::int8[], ${byteaArray(rows.map(({ packed }) => packed))}::bytea[],
      ${`{${rows.map((row) => isNewest.has(row)).join(",")}}`}::boolean[])
      with ordinality as row (key, event_at, created_at, packed, is_newest, place)
    order by key, place ${onNewest ? sql`returning sequence::float8` : sql``}`);
  if (onNewest) {
    // Sequence numbers are drawn in the same order.
    const sequences = rowsOf(z.object({ sequence: z.number() }), arrived).map(({ sequence }) => sequence);
    sequences.sort((a, b) => a - b);
    const inOrder = rows.toSorted((a, b) => Buffer.compare(a.key, b.key));
    onNewest(
      inOrder.flatMap((row, index) =>
        isNewest.has(row) ? [{ ...row, arrivedAt, sequence: sequences[index] ?? 0 }] : [],
      ),
    );
  }
  const written = isHistoryOnly ? rows.length : isNewest.size;
  return { written, older: rows.length - written };
}

/** Makes each row the newest of its key, unless a newer one is there. @returns those that are the newest now */
async function keepNewest(
  { db, actor: { workspaceId } }: Context,
  number: number,
  rows: readonly PackedRow[],
  arrivedAt: number,
): Promise<Set<PackedRow>> {
  const newest = newestPerKey(rows);
  const won = await postgresRows(db).write(
    { number, workspaceId },
    newest.map(({ key, eventAt, createdAt, packed }) => ({ key, eventAt, createdAt, packed, arrivedAt, sequence: 0 })),
  );
  return new Set(newest.filter((_, index) => won[index]));
}
