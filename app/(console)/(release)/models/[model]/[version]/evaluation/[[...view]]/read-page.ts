import { runtime } from "#app/_lib/context.ts";
import { orUndefined } from "#app/_lib/or-undefined.ts";
import { findNamedSet } from "#components/release/evaluation/addresses.ts";
import type { EarlierRun } from "#components/release/evaluation/evaluation-text.ts";
import type { Context } from "#server/base/context.ts";
import { getModelSummary } from "#server/develop/registry/models/queries.ts";
import type { VersionKey } from "#server/develop/registry/versions/contract.ts";
import { getVersion, listVersions } from "#server/develop/registry/versions/queries.ts";
import { compareEvaluations } from "#server/release/evaluation/comparison/compare-evaluations.ts";
import type { EvaluationRun, EvaluationSet, ListedEvaluation } from "#server/release/evaluation/contract.ts";
import { getEvaluation, listEvaluations } from "#server/release/evaluation/runs/run-queries.ts";
import { listEvaluationSets } from "#server/release/evaluation/sets/set-queries.ts";
import { getPriceBook } from "#server/watch/cost/prices/queries.ts";

const maxSets = 500;
const maxVersions = 50;

/** Reads what all views of a version's evaluation show. @throws DomainError "not-found" */
export async function readEvaluationPage(ctx: Context, key: VersionKey, query: { set?: string; base?: number }) {
  const [version, model, versions, sets, runs] = await Promise.all([
    getVersion(ctx, key),
    getModelSummary(ctx, key.name),
    listVersions(ctx, { name: key.name, limit: maxVersions }),
    listEvaluationSets(ctx, { includeRetired: true, limit: maxSets }),
    listEvaluations(ctx, key),
  ]);
  const set = findNamedSet(sets, query.set) ?? (await usualSet(ctx, key, sets, runs));
  const run = set && (await wholeRun(ctx, chooseRun(runs, set)));
  const champion = model.aliases.find(({ alias }) => alias === "champion")?.version;
  const base = await chooseBase(ctx, { key, set, wanted: query.base, champion, versions });
  const baseRun =
    set && base !== undefined
      ? await wholeRun(
          ctx,
          chooseRun(await listEvaluations(ctx, { setId: set.id, name: key.name, version: base }), set),
        )
      : undefined;
  const isCompared = run?.result && baseRun?.result;
  const comparison =
    set && base !== undefined && isCompared
      ? await orUndefined("comparison", () =>
          compareEvaluations(
            ctx,
            { setId: set.id, first: key, second: { name: key.name, version: base } },
            runtime().artifacts,
          ),
        )
      : undefined;
  return {
    version,
    versions,
    champion,
    // A retired set stays where the version was evaluated on it.
    sets: sets.filter((each) => !each.retiredAt || each.id === set?.id || runs.some((one) => one.set.id === each.id)),
    set,
    run,
    base,
    baseRun,
    comparison,
    earlier: set && !run?.result ? await readEarlier(ctx, key.name) : undefined,
  };
}

export type EvaluationPageData = Awaited<ReturnType<typeof readEvaluationPage>>;

/** The set that the version, else another version of its model, was evaluated on last; else the newest one. */
async function usualSet(
  ctx: Context,
  key: VersionKey,
  sets: readonly EvaluationSet[],
  runs: readonly ListedEvaluation[],
): Promise<EvaluationSet | undefined> {
  const [last] = runs.length > 0 ? runs : await listEvaluations(ctx, { name: key.name, limit: 1 });
  return sets.find(({ id }) => id === last?.set.id) ?? sets.find(({ retiredAt }) => !retiredAt) ?? sets[0];
}

/** A result of the version as it is now, else whatever is newest. */
function chooseRun(runs: readonly ListedEvaluation[], { id }: EvaluationSet): ListedEvaluation | undefined {
  const ofSet = runs.filter(({ set }) => set.id === id);
  return ofSet.find(({ result, isStale }) => result !== null && !isStale) ?? ofSet[0];
}

/** Reads a run with its panels and segments, which lists leave out. */
async function wholeRun(ctx: Context, run: ListedEvaluation | undefined): Promise<EvaluationRun | undefined> {
  return run && getEvaluation(ctx, run.id);
}

interface BaseChoice {
  key: VersionKey;
  set: EvaluationSet | undefined;
  wanted: number | undefined;
  champion: number | undefined;
  versions: readonly { version: number }[];
}

/** The version of the address, else the champion, else one that was evaluated on the set, else the one before. */
async function chooseBase(
  ctx: Context,
  { key, set, wanted, champion, versions }: BaseChoice,
): Promise<number | undefined> {
  const isOther = (number: number | undefined) => number !== undefined && number !== key.version;
  const exists = (number: number | undefined) => versions.some(({ version }) => version === number);
  if (isOther(wanted) && exists(wanted)) return wanted;
  if (isOther(champion)) return champion;
  const others = set ? await listEvaluations(ctx, { setId: set.id, name: key.name, limit: 20 }) : [];
  const evaluated = others.find(({ version, result }) => isOther(version) && result !== null);
  if (evaluated) return evaluated.version;
  const numbers = versions.map(({ version }) => version).filter(isOther);
  return numbers.find((number) => number < key.version) ?? numbers[0];
}

/** Finds the price in force of an hour of what a version ran on, for machines without a price of their own. */
async function findHourPrice(ctx: Context, ranOn: string | null): Promise<EarlierRun["price"]> {
  const item = ranOn === null || ranOn === "cpu" ? "core-hour" : "gpu-hour";
  const { prices } = await getPriceBook(ctx);
  const held = prices.filter((price) => price.item === item && price.isInForce);
  // Of several kinds of machines it is not known on which one the next run will be.
  const price = held.find(({ variant }) => variant === "") ?? (held.length === 1 ? held[0] : undefined);
  return price ? { amount: price.amount, currency: price.currency } : null;
}

/** The last finished evaluation of a model, by which the duration of the next one is estimated. */
async function readEarlier(ctx: Context, name: string): Promise<EarlierRun | undefined> {
  const runs = await listEvaluations(ctx, { name, limit: 20 });
  for (const { version, state, rowsDone, startedAt, finishedAt, ranOn, result } of runs) {
    if (state === "done" && startedAt && finishedAt) {
      const price = await orUndefined("price", () => findHourPrice(ctx, ranOn));
      const ms = finishedAt.getTime() - startedAt.getTime();
      return { version, rows: rowsDone, ms, modelMs: result?.modelMs ?? 0, ranOn, price: price ?? null };
    }
  }
  return undefined;
}
