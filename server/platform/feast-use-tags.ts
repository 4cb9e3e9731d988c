/** Tags by which Feast's MLflow integration names features, on a run or on a version of a model: docs/spec/feast.md section 7. */
export const feastUseTags: readonly string[] = ["feast.feature_service", "feast.feature_views", "feast.feature_refs"];

/** Returns whether a tag names features. */
export function isFeastUse(key: string): boolean {
  return feastUseTags.includes(key);
}
