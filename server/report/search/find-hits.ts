import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import type { SearchHit, SearchKind } from "./contract.ts";
import type { Kind } from "./kinds/kind.ts";

/** What is searched for. */
export interface Query {
  /** In lower case, all of which a hit contains. */
  words: readonly string[];
  /** Whether only IDs count. */
  isById: boolean;
  /** Maximum number of hits of each kind. */
  limit: number;
}

const FoundRow = z.object({
  kind: z.string(),
  id: z.string(),
  label: z.string(),
  data: z.unknown(),
  rank: z.number(),
  total: z.number(),
});

/** Shortest prefix of an ID that counts among words: shorter ones match by accident. */
const minIdPrefix = 4;

export interface Found {
  hits: SearchHit[];
  totals: Partial<Record<SearchKind, number>>;
}

/**
 * Finds the best hits of each kind and counts all, in one statement. The caller has checked permissions.
 * @param now milliseconds since 1970
 */
export async function findHits(ctx: Context, kinds: readonly Kind[], query: Query, now: number): Promise<Found> {
  if (kinds.length === 0) return { hits: [], totals: {} };
  const parts = kinds.map((kind) => selectBest(ctx, kind, query));
  const rows = rowsOf(FoundRow, await ctx.db.execute(sql.join(parts, sql` union all `)));
  const byKind = new Map<string, Kind>(kinds.map((kind) => [kind.kind, kind]));
  const found: Found = { hits: [], totals: {} };
  for (const { kind: name, id, label, data, rank, total } of rows) {
    const kind = byKind.get(name);
    if (!kind) continue;
    found.hits.push({ kind: kind.kind, id, label, rank, ...kind.show({ id, label, data }, now) });
    found.totals[kind.kind] = total;
  }
  return found;
}

/** Selects the best rows of one kind: best match first, then newest. */
function selectBest(ctx: Context, { kind, source }: Kind, { words, isById, limit }: Query): SQL {
  const phrase = words.join(" ");
  const inText = words.map((word) => holds(sql`text`, word));
  const inLabel = words.map((word) => holds(sql`' ' || name`, word));
  const starts = words.map((word) => holds(sql`' ' || translate(name, '-_./:,', '      ')`, ` ${word}`));
  const isIdShort = phrase.length < minIdPrefix && !isById;
  const byId = isIdShort
    ? sql`lower(known) = ${phrase}`
    : sql`(lower(known) = ${phrase} or starts_with(lower(known), ${phrase}))`;
  const hasId = sql`exists (select from unnest(ids) known where ${byId})`;
  return sql`(
    select ${kind} as kind, id, label, data, rank, (count(*) over ())::int as total from (
      select id, label, data, at, case
        when name = ${phrase} then 0
        when ${hasId} then 0
        when starts_with(name, ${phrase}) then 1
        when ${all(starts)} then 2
        when ${all(inLabel)} then 3
        else 4 end as rank
      from (select *, lower(label) as name, lower(concat_ws(' ', label, haystack)) as text from (${source(ctx)}) as source) as named
      where ${isById ? hasId : sql`(${all(inText)} or ${hasId})`}
    ) as ranked order by rank, at desc nulls last, id limit ${limit})`;
}

/** Whether text contains a word. The number of a version has to be whole: "v3" does not find v32. */
function holds(text: SQL, word: string): SQL {
  return /^ ?v\d+$/.test(word)
    ? sql`position(${`${word} `} in ${text} || ' ') > 0`
    : sql`position(${word} in ${text}) > 0`;
}

function all(conditions: readonly SQL[]): SQL {
  return sql`(${sql.join([...conditions], sql` and `)})`;
}
