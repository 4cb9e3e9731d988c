import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { type LineageKind, lineageKinds } from "#server/develop/lineage/contract.ts";
import type { LineageKey } from "./contract.ts";
import type { Pair } from "./grow.ts";
import type { Direction, Relation } from "./relations.ts";

/** Neighbours of one kind that a node may have in a walk; the others are counted. */
const maxNeighbours = 20;

const Kind = z.enum(lineageKinds);
const PairRow = z.object({
  madeKind: Kind,
  made: z.string(),
  sourceKind: Kind,
  source: z.string(),
  detail: z.string().nullable(),
  total: z.number(),
});

/**
 * Reads the neighbours of nodes in one direction, in one statement: of each node and relation the newest 20, and how many there are. The
 * relations are limited to a workspace.
 */
export async function readPairs(
  ctx: Context,
  relations: readonly Relation[],
  direction: Direction,
  nodes: readonly LineageKey[],
): Promise<Pair[]> {
  const idsOf = Map.groupBy(nodes, ({ kind }) => kind);
  const near = direction === "made-from" ? "made" : "source";
  const parts = relations.flatMap((relation, part) => {
    const ids = idsOf.get(relation[near].kind)?.map(({ id }) => id);
    return ids ? [newestOfEach(relation, { near, ids, part })] : [];
  });
  if (parts.length === 0) return [];
  const all = sql.join(parts, sql` union all `);
  const rows = rowsOf(
    PairRow,
    await ctx.db.execute(sql`select * from (${all}) as pair order by part, place, made, source`),
  );
  return rows.map(({ madeKind, made, sourceKind, source, detail, total }) => ({
    made: { kind: madeKind, id: made },
    source: { kind: sourceKind, id: source },
    detail: detail ?? "",
    total,
  }));
}

/** @param part place of the relation among the others */
function newestOfEach(
  relation: Relation,
  { near, ids, part }: { near: "made" | "source"; ids: readonly string[]; part: number },
): SQL {
  const { made, source, rows, at, detail = sql`null` } = relation;
  const [nearId, farId] = near === "made" ? [sql`made`, sql`source`] : [sql`source`, sql`made`];
  const name = (kind: LineageKind) => sql`${kind}::text`;
  return sql`(
    select ${name(made.kind)} as "madeKind", made, ${name(source.kind)} as "sourceKind", source, detail, total::int,
      ${part}::int as part, place
    from (
      select *, row_number() over (partition by ${nearId} order by at desc nulls last, ${farId}) as place, count(*) over (partition by ${nearId}) as total
      from (
        select distinct on (made, source) made, source, at, detail
        from (
          select ${made.id} as made, ${source.id} as source, ${at} as at, (${detail})::text as detail
          from ${rows} and ${relation[near].isIn(ids)}
        ) as pair
        where made is not null and source is not null
        order by made, source, at desc nulls last
      ) as pair
    ) as ranked
    where place <= ${maxNeighbours}
  )`;
}
