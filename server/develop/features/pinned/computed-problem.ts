import { DomainError } from "#server/base/errors.ts";
import type { ViewVersion } from "../contract.ts";
import type { Definitions } from "../definitions/definitions.ts";
import { neededAtLookUp, readAtLookUp, referencesOf } from "../expressions/view-expressions.ts";
import { inputFeature } from "../look-up/plan-look-up.ts";
import type { PinnedFeatures } from "./contract.ts";

/**
 * Returns why a feature that is computed at look-up cannot be computed with the definitions of a workspace: what it reads of other views is
 * gone, offline, of another type, or needs keys that the request does not bring. Undefined if it can.
 */
export function computedProblem(
  definitions: Definitions,
  keys: PinnedFeatures["keys"],
  version: ViewVersion,
  feature: string,
): string | undefined {
  const typeOf = (reference: string) => inputFeature(definitions, reference).column.type;
  try {
    for (const reference of referencesOf(neededAtLookUp(version, [feature]))) {
      const { view } = inputFeature(definitions, reference);
      const other = view.version.entities.find(({ joinKey, type }) => !isBrought(keys, joinKey, type));
      if (other) return `It reads "${reference}", which has the key "${other.joinKey}" (${other.type}) by now.`;
    }
    // Refuses expressions that another type does not fit.
    readAtLookUp({ version, wanted: [feature], typeOf });
    return undefined;
  } catch (cause) {
    if (cause instanceof DomainError) return cause.message;
    throw cause;
  }
}

/** Whether the request brings a key. Integers of any width have the same. */
function isBrought(keys: PinnedFeatures["keys"], joinKey: string, type: string): boolean {
  const width = (one: string) => (one === "int32" ? "int64" : one);
  return keys.some(({ column, type: brought }) => column === joinKey && width(brought) === width(type));
}
