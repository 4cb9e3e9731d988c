import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import type { Documents } from "#server/base/documents/documents.ts";
import { isPermitted, permit } from "#server/platform/permissions/permit.ts";
import { isShownTo } from "#server/respond/drills/is-shown-to.ts";
import { addStates } from "./add-states.ts";
import { type SearchAnswer, SearchEverything, type SearchHit, SearchKind, searchKinds } from "./contract.ts";
import { didYouMean } from "./did-you-mean.ts";
import { findGuides } from "./find-guides.ts";
import { type Found, findHits } from "./find-hits.ts";
import { buildKinds } from "./kinds/build-kinds.ts";
import { gameDayKind, improvementKinds } from "./kinds/improvement-kinds.ts";
import type { Kind } from "./kinds/kind.ts";
import { peopleKinds } from "./kinds/people-kinds.ts";
import { responseKinds } from "./kinds/response-kinds.ts";
import { servingKinds } from "./kinds/serving-kinds.ts";
import type { Query } from "./match.ts";
import { proposeActions } from "./propose-actions.ts";

/** Number of hits of each kind unless the caller says another, and when some kinds are named. */
const [defaultLimit, defaultOfNamedKinds] = [6, 30];

/** Maximum number of words that are searched for; more are ignored. */
const wordLimit = 8;

/** Maximum number of names among which a misspelt one is looked for. */
const maxNames = 2_000;

/** Words that begin an action: "roll back fraud" is about fraud. */
const verbs: ReadonlySet<string> = new Set(
  "roll back rollback start create silence acknowledge ack retrain deploy label submit compare try a an the on for of to".split(
    " ",
  ),
);

/**
 * Finds everything of the workspace that the caller may read and whose name contains all words, ignoring case, or whose ID starts with
 * the query: the best of each kind, with counts of all, what can be done with the best match, and a correction if nothing matches.
 * @param documents guides that are searched too
 */
export async function searchEverything(
  ctx: Context,
  input: SearchEverything,
  documents?: Documents,
): Promise<SearchAnswer> {
  permit(ctx, "searchEverything");
  const { q, kinds: names, by, limit } = SearchEverything.parse(input);
  const named = names === undefined ? undefined : z.array(SearchKind).parse(names.split(","));
  const words = q.toLowerCase().split(/\s+/).slice(0, wordLimit);
  const query: Query = { words, isById: by === "ids", limit: limit ?? (named ? defaultOfNamedKinds : defaultLimit) };
  const kinds = await readableKinds(ctx, named);
  const wantsGuides = !named || named.includes("guide");
  const find = async (asked: Query) =>
    merged(await findAll(ctx, kinds, asked), wantsGuides ? await findGuides(documents, asked) : none);
  let found = await find(query);
  const object = words.filter((word) => !verbs.has(word));
  const isAboutAction = object.length > 0 && object.length < words.length;
  if (found.hits.length === 0 && isAboutAction) found = await find({ ...query, words: object });
  const suggestion = found.hits.length === 0 && !query.isById ? didYouMean(q, await readNames(ctx, kinds)) : undefined;
  const best = bestOf(found.hits);
  return {
    items: found.hits,
    totals: found.totals,
    uncounted: found.uncounted,
    actions: best && !query.isById ? await proposeActions(ctx, best) : [],
    ...(suggestion !== undefined && { didYouMean: suggestion }),
  };
}

const none: Found = { hits: [], totals: {}, uncounted: [] };

async function findAll(ctx: Context, kinds: readonly Kind[], query: Query): Promise<Found> {
  const now = Date.now();
  const found = await findHits(ctx, kinds, query, now);
  return { ...found, hits: await addStates(ctx, found.hits, now) };
}

function merged(left: Found, right: Found): Found {
  const order = (hit: SearchHit) => searchKinds.indexOf(hit.kind);
  const hits = [...left.hits, ...right.hits];
  return {
    hits: hits.toSorted((a, b) => order(a) - order(b)),
    totals: { ...left.totals, ...right.totals },
    uncounted: [...left.uncounted, ...right.uncounted],
  };
}

async function readableKinds(ctx: Context, named: readonly SearchKind[] | undefined): Promise<Kind[]> {
  const kinds = [
    ...responseKinds,
    ...servingKinds,
    ...buildKinds,
    ...improvementKinds,
    gameDayKind(await isShownTo(ctx)),
    ...peopleKinds,
  ];
  return kinds.filter(({ kind, permission }) => (!named || named.includes(kind)) && isPermitted(ctx, permission));
}

/** Kinds with actions, in the order in which they are preferred among equally good matches. */
const acting: readonly SearchKind[] = [
  "endpoint",
  "incident",
  "model",
  "version",
  "retraining",
  "label-project",
  "job-template",
  "dataset",
  "job",
];

/** Returns the hit whose actions are offered: the best match, unless it matches beside its name only. */
function bestOf(hits: readonly SearchHit[]): SearchHit | undefined {
  const weight = ({ rank, kind }: SearchHit) => rank * acting.length + acting.indexOf(kind);
  return hits
    .filter(({ kind, rank }) => acting.includes(kind) && rank < 4)
    .toSorted((left, right) => weight(left) - weight(right))[0];
}

/** Reads names that a misspelt query may mean, the newest of each kind first. */
async function readNames(ctx: Context, kinds: readonly Kind[]): Promise<string[]> {
  if (kinds.length === 0) return [];
  const limit = Math.ceil(maxNames / kinds.length);
  const each = kinds.map(({ source, newest }) =>
    newest
      ? sql`(${newest(ctx, limit)})`
      : sql`(select label from (${source(ctx)}) as source order by at desc nulls last limit ${limit})`,
  );
  const { rows } = await ctx.db.execute<{ label: string }>(sql.join(each, sql` union all `));
  return rows.map(({ label }) => label);
}
