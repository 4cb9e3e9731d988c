import type { LookUpAnswer, LookUpStatus, StoreValue, ViewAnswer } from "../contract.ts";
import type { Definitions } from "../definitions/definitions.ts";
import { answerLookUp, type LookUpOptions } from "../look-up/answer-look-up.ts";
import { isTooOld } from "../look-up/judge-row.ts";
import type { PlannedView } from "../look-up/plan-look-up.ts";
import type { PinnedFeatures } from "./contract.ts";
import { planPinned } from "./plan-pinned.ts";

/** Values of a feature by row of the request. One that is too old is given beside its status. */
export interface FoundFeature {
  values: readonly StoreValue[];
  statuses: readonly LookUpStatus[];
  view: ViewAnswer;
}

export interface PinnedAnswer {
  /** Time at which ages were judged, in microseconds since 1970. */
  servedAt: number;
  /** By column. Columns of views that are no longer there are missing. */
  columns: ReadonlyMap<string, FoundFeature>;
  /** The same as it was looked up, for whoever counts it. */
  answer: LookUpAnswer;
}

const bare = new WeakMap<Definitions, Definitions>();

/** Looks up pinned features. @param entities cells by column of keys, and by request input @throws FeatureError as answerLookUp() */
export async function answerPinned(
  definitions: Definitions,
  pinned: PinnedFeatures,
  entities: Record<string, readonly unknown[]>,
  options: Pick<LookUpOptions, "rows" | "refusesUnknownVersions">,
): Promise<PinnedAnswer> {
  const plan = planPinned(definitions, pinned);
  const answer = await answerLookUp(withoutEntities(definitions), plan, entities, { ...options, keepsStale: true });
  const columns = answer.columns.map(({ name, values, statuses, answer: view }, index): [string, FoundFeature] => {
    const { view: place, expression } = plan.columns[index] as (typeof plan.columns)[number];
    const planned = plan.views[place] as PlannedView;
    return [name, { values, statuses: expression ? computedStatuses(planned, view, values) : statuses, view }];
  });
  return { servedAt: answer.servedAt, columns: new Map(columns), answer };
}

/** A column of the request may be called like the key of any entity; only the columns of the plan are keys here. */
function withoutEntities(definitions: Definitions): Definitions {
  const known = bare.get(definitions) ?? { ...definitions, entities: new Map() };
  bare.set(definitions, known);
  return known;
}

/** Judges computed values by the row that they were computed from. */
function computedStatuses(
  { view: { ttlUs, stale } }: PlannedView,
  { eventAt, ageUs, keys }: ViewAnswer,
  values: readonly StoreValue[],
): LookUpStatus[] {
  return values.map((value, row) => {
    const age = ageUs[row] ?? null;
    if (value === null && (eventAt[row] ?? null) === null && (keys[row]?.length ?? 1) > 0) return "NOT_FOUND";
    // Where the view withholds what is too old, a value was computed without it.
    if (age !== null && isTooOld(age, ttlUs) && (value === null || stale === "serve")) return "OUTSIDE_MAX_AGE";
    return value === null ? "NULL_VALUE" : "PRESENT";
  });
}
