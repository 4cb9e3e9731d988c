import type { FeatureRules, FeatureType, ViewSource, ViewVersion } from "../contract.ts";
import { FeatureError } from "../feature-error.ts";
import { elementTypeOf } from "../values/convert-value.ts";
import { featuresOf } from "./view-features.ts";

/** What a version of a view fixes. */
export type ViewSchema = Pick<ViewVersion, "entities" | "features" | "expressions" | "requestInputs">;

const numeric: ReadonlySet<FeatureType> = new Set(["int32", "int64", "float32", "float64"]);

/**
 * Refuses a schema whose names are not unique without their case, or whose rules do not fit their types.
 * @throws FeatureError "name-collision", "other"
 */
export function checkViewSchema(schema: ViewSchema, source: ViewSource | undefined): void {
  const { entities, features, requestInputs } = schema;
  const all = featuresOf(schema);
  if (all.length === 0) throw new FeatureError("invalid", "other", "A view needs at least one feature.");
  const times = source
    ? [source.eventTimeColumn, source.createdTimeColumn ?? []].flat()
    : ["event_timestamp", "created"];
  const names = [...entities.map(({ joinKey }) => joinKey), ...times, ...all.map(({ name }) => name)];
  refuseRepeated([...names, ...requestInputs.map(({ name }) => name)]);
  for (const [index, { name, type, rules }] of features.entries()) {
    const problem = rules && problemOfRules(rules, type);
    if (problem === undefined) continue;
    throw new FeatureError("invalid", "other", `${name}: ${problem}`, { field: `features.${index}.rules` });
  }
}

/** DuckDB, which reads the history, does not tell names apart that differ only in case. */
function refuseRepeated(names: readonly string[]): void {
  const seen = new Map<string, string>();
  for (const name of names) {
    const same = seen.get(name.toLowerCase());
    if (same !== undefined) {
      const found = same === name ? `"${name}" is listed twice.` : `"${same}" and "${name}" differ only in case.`;
      const message = `${found} Join keys, time columns, features and request inputs must have unique names.`;
      throw new FeatureError("invalid", "name-collision", message);
    }
    seen.set(name.toLowerCase(), name);
  }
}

function problemOfRules({ min, max, levels }: FeatureRules, type: FeatureType): string | undefined {
  const isNumeric = numeric.has(elementTypeOf(type) ?? type);
  if ((min !== null || max !== null) && !isNumeric) return `Limits are for numbers, not for ${type}.`;
  if (min !== null && max !== null && min > max) return "The minimum is greater than the maximum.";
  if (levels !== null && (type === "bytes" || type === "map")) return `Levels are not for ${type}.`;
  return undefined;
}
