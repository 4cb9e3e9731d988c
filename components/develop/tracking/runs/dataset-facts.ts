import { parsedJson } from "#components/ui/parsed-json.ts";
import type { DatasetInput } from "#server/develop/tracking/runs/contract.ts";

/** Reads row count and location of a dataset from the JSON texts of clients; undefined if they use another format. */
export function datasetFacts({ profile, source }: DatasetInput): {
  rows: number | undefined;
  source: string | undefined;
} {
  const said = parse(profile);
  const parsed = parse(source);
  const shape = said?.features_shape ?? said?.shape;
  const rows = said?.num_rows ?? (Array.isArray(shape) ? shape[0] : undefined);
  const where = [parsed?.uri, parsed?.url, parsed?.path, parsed?.name].find((one) => typeof one === "string");
  return { rows: typeof rows === "number" ? rows : undefined, source: where };
}

function parse(text: string | null): Record<string, unknown> | undefined {
  const value = parsedJson(text ?? "");
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
}
