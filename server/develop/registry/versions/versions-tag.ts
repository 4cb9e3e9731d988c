import { parsedJson } from "#server/base/parsed-json.ts";
/**
 * Returns the value of MLflow's tag "mlflow.modelVersions" with one more version: a JSON list with Python's whitespace, whose number is an
 * integer. Clients add entries of their own with the number as a string; these stay. A value that is not a list is replaced.
 */
export function withVersion(value: string | undefined, made: { name: string; version: number }): string {
  return pythonJson([...listOf(value), { name: made.name, version: made.version }]);
}

function listOf(value: string | undefined): unknown[] {
  const parsed = parsedJson(value ?? "");
  return Array.isArray(parsed) ? parsed : [];
}

/** Serialises JSON as Python's json.dumps does, with a space after ":" and ",". */
function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${pythonJson(member)}`);
  return `{${members.join(", ")}}`;
}
