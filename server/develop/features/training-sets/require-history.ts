import { haveSameKeys } from "../definitions/compare-versions.ts";
import type { DefinedView } from "../definitions/definitions.ts";
import { FeatureError } from "../feature-error.ts";

/**
 * Refuses a version of a view whose join keys changed after it: the view got another number then, and lost the rows that were in no file.
 * @throws FeatureError "other"
 */
export function requireHistory(view: DefinedView, version: number): void {
  const own = view.versions.get(version);
  const later = [...view.versions.values()].filter((each) => each.version > version);
  if (!own || later.every((each) => haveSameKeys(each, own))) return;
  throw new FeatureError(
    "conflict",
    "other",
    `The join keys of feature view "${view.name}" have changed since version ${version}, and a part of its history was deleted. Use version ${view.current.version}.`,
  );
}
