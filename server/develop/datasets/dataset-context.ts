import { parsedJson } from "#server/base/parsed-json.ts";

/**
 * Returns the context in which a run used a dataset: the tag "mlflow.data.context" among its tags, which are stored as a JSON list of key
 * and value.
 */
export function datasetContext(tags: string): string | null {
  const list = parsedJson(tags);
  const context = Array.isArray(list) ? list.find((tag) => tag?.key === "mlflow.data.context") : undefined;
  return typeof context?.value === "string" ? context.value : null;
}
