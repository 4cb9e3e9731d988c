import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { sideBySide } from "#server/base/side-by-side.ts";
import type { SearchHit, SearchKind } from "./contract.ts";
import type { Best, Kind } from "./kinds/kind.ts";
import { holdsAll, holdsId, type Query, rankOf } from "./match.ts";

export interface Found {
  hits: SearchHit[];
  totals: Partial<Record<SearchKind, number>>;
  /** Kinds with more matches than their total. */
  uncounted: SearchKind[];
}

const BestRow = z.object({ kind: z.string(), id: z.string(), rank: z.number(), total: z.number() });
const FactRow = z.object({ kind: z.string(), id: z.string(), label: z.string(), data: z.unknown() });

/**
 * Finds the best hits of each kind and counts all: first which ones, then the facts of these. The caller has checked permissions.
 * @param now milliseconds since 1970
 */
export async function findHits(ctx: Context, kinds: readonly Kind[], query: Query, now: number): Promise<Found> {
  const bests = await findBest(ctx, kinds, query);
  const found = kinds.flatMap((kind) => {
    const best = bests.get(kind.kind);
    return best && best.hits.length > 0 ? [{ kind, best }] : [];
  });
  const facts = await readFacts(ctx, found);
  return {
    hits: found.flatMap(({ kind, best }) =>
      best.hits.flatMap(({ id, rank }): SearchHit[] => {
        const row = facts.get(`${kind.kind} ${id}`);
        return row ? [{ kind: kind.kind, id, label: row.label, rank, ...kind.show(row, now) }] : [];
      }),
    ),
    totals: Object.fromEntries(found.map(({ kind, best }) => [kind.kind, best.total])),
    uncounted: found.filter(({ best }) => best.isUncounted).map(({ kind }) => kind.kind),
  };
}

async function findBest(ctx: Context, kinds: readonly Kind[], query: Query): Promise<Map<string, Best>> {
  const [together, ...alone] = await sideBySide<Map<string, Best>[]>(ctx, [
    () =>
      bestOfAll(
        ctx,
        kinds.filter(({ findBest: own }) => !own),
        query,
      ),
    ...kinds.flatMap(({ kind, findBest: own }) =>
      own ? [async () => new Map([[kind as string, await own(ctx, query)]])] : [],
    ),
  ]);
  return new Map([...(together ?? []), ...alone.flatMap((each) => [...each])]);
}

/** Finds the best of kinds with few rows in one statement: best match first, then newest. */
async function bestOfAll(ctx: Context, kinds: readonly Kind[], query: Query): Promise<Map<string, Best>> {
  const found = new Map<string, Best>();
  if (kinds.length === 0) return found;
  const hasId = holdsId(sql`ids`, query);
  const matches = query.isById
    ? hasId
    : sql`(${holdsAll(sql`concat_ws(' ', label, haystack)`, query.words)} or ${hasId})`;
  // What nothing reads, such as the facts, Postgres does not compute.
  const parts = kinds.map(
    ({ kind, source }) => sql`(
      select ${kind} as kind, id, rank, (count(*) over ())::int as total from (
        select id, at, ${rankOf(sql`label`, hasId, query.words)} as rank from (${source(ctx)}) as source where ${matches}
      ) as ranked order by rank, at desc nulls last, id limit ${query.limit})`,
  );
  const rows = rowsOf(BestRow, await ctx.db.execute(sql.join(parts, sql` union all `)));
  for (const { kind, id, rank, total } of rows) {
    const best = found.get(kind) ?? { hits: [], total, isUncounted: false };
    best.hits.push({ id, rank });
    found.set(kind, best);
  }
  return found;
}

/** Reads what is shown of the hits, by kind and ID. */
async function readFacts(ctx: Context, found: readonly { kind: Kind; best: Best }[]) {
  if (found.length === 0) return new Map<string, never>();
  const parts = found.map(({ kind: { kind, source }, best }) => {
    const ids = sql.param(best.hits.map(({ id }) => id));
    return sql`(select ${kind} as kind, id, label, data from (${source(ctx)}) as source where id = any(${ids}::text[]))`;
  });
  const rows = rowsOf(FactRow, await ctx.db.execute(sql.join(parts, sql` union all `)));
  return new Map(rows.map((row) => [`${row.kind} ${row.id}`, row]));
}
