import type { FeatureExpression, FeatureType, KeyType } from "../contract.ts";
import type { Definitions } from "../definitions/definitions.ts";
import { neededAtLookUp, referencesOf } from "../expressions/view-expressions.ts";
import { FeatureError } from "../feature-error.ts";
import {
  inputFeature,
  type LookUpPlan,
  type PlannedColumn,
  type PlannedView,
  planLookUp,
} from "../look-up/plan-look-up.ts";
import type { PinnedFeature, PinnedFeatures } from "./contract.ts";
import { isPersonal, wordsOf } from "./is-personal.ts";

interface Wanted {
  /** References, or a service, which wins. */
  features?: readonly string[] | undefined;
  service?: string | undefined;
  /** Input of the request by column of keys; a column that is left out is an input of its own name. */
  keys: Readonly<Record<string, string>>;
  /** Columns of the pipeline and inputs of the model that may take a feature. */
  columns: readonly string[];
}

/**
 * Pins features to the current versions of their views. A column takes the feature whose full name ("view__feature") or else name it has; what
 * a service has besides is left out.
 * @throws FeatureError as planLookUp(); "other" for a feature or a key that nothing takes, and for a name that two features have
 */
export function pinFeatures(definitions: Definitions, { features, service, keys, columns }: Wanted): PinnedFeatures {
  const plan = planLookUp(definitions, { features, service, fullNames: true });
  const taken = plan.columns.map((column) => takerOf(column, plan.columns, columns));
  const unused = service === undefined ? plan.columns.find((_, index) => taken[index] === undefined) : undefined;
  if (unused)
    refuse(
      `No column or input of the model takes the feature "${unused.feature}". Add the column, or leave the feature out.`,
    );
  if (taken.every((column) => column === undefined)) {
    refuse(
      `No column or input of the model has the name of a feature. There are ${list(plan.columns.map(({ feature }) => feature))}.`,
    );
  }
  const views = plan.views.flatMap(({ view, version, keyColumns }, index) => {
    const found = plan.columns.flatMap((column, at): PinnedFeature[] => {
      const name = taken[at];
      if (column.view !== index || name === undefined) return [];
      const { feature, type, expression } = column;
      const isPii = isPersonal(definitions, { view, version, feature });
      return [{ column: name, feature, type, isPii, isComputed: expression !== undefined }];
    });
    if (found.length === 0) return [];
    return [{ view: view.name, version: version.version, digest: version.digest, keyColumns, features: found }];
  });
  return { ...askedFor(definitions, plan, taken, keys), views };
}

/** Returns what a request has to bring, for the features that are taken and what their expressions read. */
function askedFor(
  definitions: Definitions,
  { views, columns }: LookUpPlan,
  taken: readonly (string | undefined)[],
  keys: Wanted["keys"],
): Pick<PinnedFeatures, "keys" | "requestInputs"> {
  const types = new Map<string, KeyType>();
  const inputs = new Map<string, FeatureType>();
  const addKeys = ({ version, keyColumns }: PlannedView) => {
    for (const [index, { joinKey, type }] of version.entities.entries()) types.set(keyColumns[index] ?? joinKey, type);
  };
  for (const [index, planned] of views.entries()) {
    const wanted = columns.filter(({ view }, at) => view === index && taken[at] !== undefined);
    if (wanted.length === 0) continue;
    addKeys(planned);
    const needed = neededAtLookUp(
      planned.version,
      wanted.map(({ feature }) => feature),
    );
    for (const { name, type } of planned.version.requestInputs) if (isRead(name, needed)) inputs.set(name, type);
    for (const reference of referencesOf(needed)) addKeys(inputFeature(definitions, reference).view);
  }
  const unknown = Object.keys(keys).find((column) => !types.has(column));
  if (unknown !== undefined) {
    refuse(`No feature is looked up by the key "${unknown}". The keys are ${list([...types.keys()])}.`);
  }
  return {
    keys: [...types].map(([column, type]) => ({ column, type, input: keys[column] ?? column })),
    requestInputs: [...inputs].map(([name, type]) => ({ name, type })),
  };
}

/** Returns the column that takes a feature. Its full name counts first, which is unique. */
function takerOf(
  { name, feature }: PlannedColumn,
  all: readonly PlannedColumn[],
  columns: readonly string[],
): string | undefined {
  if (columns.includes(name)) return name;
  if (!columns.includes(feature)) return undefined;
  const rivals = all.filter((other) => other.feature === feature && !columns.includes(other.name));
  if (rivals.length > 1) {
    refuse(
      `Column "${feature}" could be ${list(rivals.map((rival) => rival.name))}. Name the column like one of them.`,
    );
  }
  return feature;
}

/** Whether expressions may read a name: whether it occurs in one. */
export function isRead(name: string, expressions: readonly FeatureExpression[]): boolean {
  return expressions.some((expression) => wordsOf(expression).includes(name));
}

function list(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}

function refuse(message: string): never {
  throw new FeatureError("invalid", "other", message);
}
