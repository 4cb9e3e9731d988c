import { isTime, type KeyKind, keyExpression, type TypedColumn } from "./column-expressions.ts";
import { JoinRefused } from "./refuse-join.ts";

/** Which rows of a view count: those whose event was over (event), and that had become known (created) or had arrived (arrival) too. */
export type Cutoff = "event" | "created" | "arrival";

/** A view as one takes part in a join. */
export interface JoinedView {
  /** Name before the features in full names: of the projection, else of the view. */
  name: string;
  keys: readonly { name: string; kind: KeyKind }[];
  /** Join key → column of the spine, where they differ. */
  keyMap?: Readonly<Record<string, string>>;
  /** Greatest age of a value in microseconds; null or 0: no limit. */
  ttlMicros: bigint | null;
}

/** A feature as it was requested. */
export interface RequestedFeature {
  /** Position of its view. */
  view: number;
  feature: string;
  /** Whether it is no column of the history, but computed after the join. */
  isComputed?: boolean;
}

interface PlannedKey {
  /** Expression over the spine's columns. */
  spine: string;
  name: string;
}

export interface PlannedView {
  view: JoinedView;
  keys: PlannedKey[];
  /** What is read of its rows: requested features, then what only others are computed from. */
  features: string[];
}

/** A column that the join adds to those of the spine. */
interface PlannedColumn {
  view: number;
  /** Position among the features of its view; null for one that is computed. */
  feature: number | null;
  name: string;
}

export interface PlannedJoin {
  time: TypedColumn;
  views: PlannedView[];
  /** In the order of the request. */
  added: PlannedColumn[];
}

const defaultTime = "event_timestamp";

/**
 * Decides what a point-in-time join reads and which columns it makes: docs/spec/features.md section 13.
 * @param spine columns of the rows to which features are joined
 * @param read features that are read besides, for what is computed from them
 * @param foldsCase whether columns of the result must differ in more than case, as in a file that DuckDB writes
 * @throws JoinRefused
 */
export function planJoin(
  spine: readonly TypedColumn[],
  views: readonly JoinedView[],
  requested: readonly RequestedFeature[],
  { fullNames, foldsCase, read = [] }: { fullNames: boolean; foldsCase: boolean; read?: readonly RequestedFeature[] },
): PlannedJoin {
  const columns = new Map(spine.map((column) => [column.name, column]));
  const time = spineTime(spine);
  const planned = views.map((view): PlannedView => {
    return { view, keys: view.keys.map((key) => planKey(view, key, columns)), features: [] };
  });
  const fold = (name: string) => (foldsCase ? name.toLowerCase() : name);
  const taken = new Map(spine.map(({ name }) => [fold(name), name]));
  const added = requested.map(({ view: index, feature, isComputed = false }): PlannedColumn => {
    const { view, features } = planned[index] as PlannedView;
    const name = joinedColumn(view, feature, fullNames);
    refuseCollision(name, taken.get(fold(name)), columns, fullNames);
    taken.set(fold(name), name);
    return { view: index, feature: isComputed ? null : features.push(feature) - 1, name };
  });
  for (const { view, feature } of read) {
    const { features } = planned[view] as PlannedView;
    if (!features.includes(feature)) features.push(feature);
  }
  return { time, views: planned, added };
}

/** Names the column of a feature: its own name, or with that of the view in front. */
export function joinedColumn({ name }: { name: string }, feature: string, isFull: boolean): string {
  return isFull ? `${name}__${feature}` : feature;
}

/** Returns the column "event_timestamp", else the only one with times. @throws JoinRefused */
export function spineTime(spine: readonly TypedColumn[]): TypedColumn {
  const named = spine.find(({ name }) => name === defaultTime);
  if (named && isTime(named)) return named;
  if (named) {
    throw new JoinRefused("no-time", `Column "${defaultTime}" of the rows must hold times. It holds ${named.type}.`);
  }
  const [first, second] = spine.filter(isTime);
  if (first && !second) return first;
  throw new JoinRefused(
    "no-time",
    first
      ? `The rows have several columns with times. Name the one that counts "${defaultTime}".`
      : `The rows have no column with times. Add one named "${defaultTime}".`,
  );
}

function planKey(
  view: JoinedView,
  { name, kind }: JoinedView["keys"][number],
  columns: ReadonlyMap<string, TypedColumn>,
): PlannedKey {
  const column = columns.get(view.keyMap?.[name] ?? name);
  if (!column) {
    const missing = view.keyMap?.[name] ?? name;
    throw new JoinRefused("missing-key", `The rows have no column "${missing}", the join key of view "${view.name}".`);
  }
  const spine = keyExpression(kind, column, "spine");
  if (spine !== undefined) return { name, spine };
  throw new JoinRefused(
    "key-type",
    `Column "${column.name}" of the rows holds ${column.type}, but join key "${name}" of view "${view.name}" holds ${kindLabels[kind]}.`,
  );
}

const kindLabels: Record<KeyKind, string> = {
  integer: "integers",
  text: "texts",
  bytes: "bytes",
  boolean: "booleans",
  time: "times",
};

function refuseCollision(
  name: string,
  same: string | undefined,
  spine: ReadonlyMap<string, TypedColumn>,
  fullNames: boolean,
): void {
  if (same === undefined) return;
  const advice = fullNames ? "Rename the column or the projection." : "Use full feature names.";
  throw new JoinRefused(
    "name-collision",
    same !== name
      ? `The result would have columns "${same}" and "${name}", which differ only in case. ${advice}`
      : spine.has(name)
        ? `The rows already have a column "${name}", and a feature with that name was requested. ${advice}`
        : `Two features would be named "${name}". ${advice}`,
  );
}
