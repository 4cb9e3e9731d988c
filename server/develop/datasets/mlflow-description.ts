import { asObject, parsedJson, parsedObject } from "#server/base/parsed-json.ts";
import type { DatasetVersion } from "./contract.ts";

interface Described {
  rows: number | null;
  schema: DatasetVersion["schema"];
  facts: DatasetVersion["facts"];
}

/**
 * Converts the descriptions of a dataset by MLflow's clients, two JSON texts, to Leeway's format. Other formats are ignored.
 * https://mlflow.org/docs/latest/api_reference/python_api/mlflow.data.html
 */
export function describeLogged(schema: string | null, profile: string | null): Described {
  const said = parsedObject(profile ?? "");
  const shape = said?.features_shape ?? said?.shape;
  const rows = said?.num_rows ?? (Array.isArray(shape) ? shape[0] : undefined);
  const facts = Object.entries(said ?? {}).flatMap(([name, value]) => {
    const isPlain = ["string", "number", "boolean"].includes(typeof value) || Array.isArray(value);
    return isPlain ? [{ name, value: Array.isArray(value) ? value.join(" × ") : String(value) }] : [];
  });
  return { rows: isCount(rows) ? rows : null, schema: schemaOf(parsedJson(schema ?? "")), facts: facts.slice(0, 50) };
}

function schemaOf(said: unknown): DatasetVersion["schema"] {
  const parts = asObject(said);
  const columns = list(parts?.mlflow_colspec);
  if (columns.length > 0)
    return columns.map((column) => ({ ...named(column), type: String(column.type ?? "unknown") }));
  const tensors = asObject(parts?.mlflow_tensorspec);
  const found = ["features", "targets"].flatMap((part) =>
    list(tensors?.[part]).map((tensor) => ({ ...named(tensor, part), type: tensorType(tensor) })),
  );
  return found.length > 0 ? found : null;
}

function named(column: Record<string, unknown>, otherwise = "unnamed") {
  return { name: typeof column.name === "string" ? column.name : otherwise, required: column.required !== false };
}

/** Formats "float32, any × 1 × 8 × 8". */
function tensorType(tensor: Record<string, unknown>): string {
  const spec = asObject(tensor["tensor-spec"]);
  const shape = Array.isArray(spec?.shape) ? spec.shape.map((size) => (size === -1 ? "any" : String(size))) : [];
  return [String(spec?.dtype ?? tensor.type ?? "unknown"), shape.join(" × ")].filter(Boolean).join(", ");
}

/** Lists come as such, or as a text of JSON in JSON. */
function list(value: unknown): Record<string, unknown>[] {
  const inner = typeof value === "string" ? parsedJson(value) : value;
  const all: unknown[] = Array.isArray(inner) ? inner : [];
  return all
    .map(asObject)
    .filter((each) => each !== undefined)
    .slice(0, 2000);
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
