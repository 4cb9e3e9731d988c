import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { holdsAll, idOf, isBetterThan, patternOf, type Query, rankOf, worstRank } from "../match.ts";
import type { Best } from "./kind.ts";

/** Number of matches to which runs are counted. */
const maxCounted = 1_000;

const RunRow = z.object({ id: z.string(), rank: z.number(), at: z.number() });
type RunRow = z.infer<typeof RunRow>;

const name = sql`run.name`;

/**
 * Finds the best runs by four statements at the most, however many runs there are: best match first, then newest. A rare word is found by
 * reading all names once. Of a common word, the newest matches are read until they are a thousand; only what would rank before the best of
 * these is looked for among the others.
 */
export async function findBestRuns(ctx: Context, query: Query): Promise<Best> {
  const byId = await findById(ctx, query);
  if (query.isById) return bestOf(byId, query.limit);
  const condition = await condense(ctx, query.words);
  const newest = await selectNewest(ctx, query.words, condition);
  const found = merged(byId, newest);
  if (newest.length <= maxCounted) return bestOf(found, query.limit);
  const worst = found.at(query.limit - 1)?.rank ?? worstRank;
  if (worst === 0) return bestOf(found, query.limit);
  const better = await selectBest(ctx, { ...query, condition: isBetterThan(worst, name, query.words) });
  return bestOf(merged(found, better), query.limit);
}

function bestOf(found: readonly RunRow[], limit: number): Best {
  const hits = found.slice(0, limit).map(({ id, rank }) => ({ id, rank }));
  return { hits, total: Math.min(found.length, maxCounted), isUncounted: found.length > maxCounted };
}

/** Runs of both lists, once each, best first. */
function merged(left: readonly RunRow[], right: readonly RunRow[]): RunRow[] {
  const all = new Map([...right, ...left].map((row) => [row.id, row]));
  const byId = (a: RunRow, b: RunRow) => (a.id < b.id ? -1 : 1);
  return [...all.values()].toSorted((a, b) => a.rank - b.rank || b.at - a.at || byId(a, b));
}

async function findById(ctx: Context, query: Query): Promise<RunRow[]> {
  const meant = idOf(query);
  if (!meant || !/^[\w-]+$/.test(meant.id)) return [];
  const { id, isPrefix } = meant;
  // The range is read from the index in every collation: no character of an ID stands after z.
  const condition = isPrefix
    ? sql`run.id >= ${id} and run.id <= ${`${id}zzzz`} and starts_with(run.id, ${id})`
    : sql`run.id = ${id}`;
  return await selectBest(ctx, { words: [], condition, limit: maxCounted + 1 });
}

/** Returns the condition that name, user and experiment of a run contain all words. Of experiments, which are few, the matching ones are read before. */
async function condense(ctx: Context, words: readonly string[]): Promise<SQL> {
  const patterns = sql.param(words.map(patternOf));
  const ExperimentRow = z.object({ pattern: z.string(), ids: z.array(z.coerce.number()) });
  const rows = rowsOf(
    ExperimentRow,
    await ctx.db.execute(sql`
      select pattern, array_agg(experiment.id) as ids from experiments experiment
      join unnest(${patterns}::text[]) as pattern on lower(experiment.name) || ' ' like pattern
      where experiment.workspace_id = ${ctx.actor.workspaceId} and experiment.deleted_at is null group by pattern`),
  );
  const experiments = new Map(rows.map(({ pattern, ids }) => [pattern, ids]));
  const own = sql`run.name || ' ' || run.user_name`;
  const plain = words.filter((word) => !experiments.has(patternOf(word)));
  const each = words.flatMap((word) => {
    const ids = experiments.get(patternOf(word));
    return ids ? [sql`(run.experiment_id = any(${sql.param(ids)}::bigint[]) or ${holdsAll(own, [word])})`] : [];
  });
  return sql.join([...each, ...(plain.length > 0 ? [holdsAll(own, plain)] : [])], sql` and `);
}

/** Selects the newest that satisfy a condition, and ends at the first one beyond what is counted. */
async function selectNewest({ db, actor }: Context, words: readonly string[], condition: SQL): Promise<RunRow[]> {
  // Postgres estimates conditions on words as rare, and would sort all runs. The offset has it walk the index of time instead.
  const rows = await db.execute(sql`
    select run.id, ${rankOf(name, sql`false`, words)} as rank, run.started_at as at from (
      select * from runs where workspace_id = ${actor.workspaceId} and deleted_at is null order by started_at desc offset 0
    ) as run where ${condition} order by run.started_at desc limit ${maxCounted + 1}`);
  return rowsOf(RunRow, rows);
}

/** Selects the best that satisfy a condition. */
async function selectBest(
  { db, actor }: Context,
  { words, condition, limit }: { words: readonly string[]; condition: SQL; limit: number },
): Promise<RunRow[]> {
  const rank = words.length > 0 ? rankOf(name, sql`false`, words) : sql`0`;
  const rows = await db.execute(sql`
    select run.id, ${rank} as rank, run.started_at as at from runs run
    where run.workspace_id = ${actor.workspaceId} and run.deleted_at is null and ${condition}
    order by rank, run.started_at desc, run.id limit ${limit}`);
  return rowsOf(RunRow, rows);
}
