import type { ProposedFeatures, VersionPipeline } from "#server/develop/registry/pipeline/contract.ts";

type Pipeline = NonNullable<VersionPipeline["pipeline"]>;

/** Returns a pipeline as text to edit: without what Leeway finds itself when it is saved. */
export function editedText(pipeline: Pipeline | object): string {
  return JSON.stringify(pipeline, (key, value) => (key === "pinned" ? undefined : value), 2);
}

/**
 * Returns the text of a pipeline with parts that look up features, in place of those that it has. Columns are added only if it has none.
 * @returns undefined if the text is no JSON object
 */
export function withFeatures(text: string, parts: ProposedFeatures["before"]): string | undefined {
  const pipeline = parsed(text.trim() === "" ? "{}" : text);
  if (!isObject(pipeline)) return undefined;
  const before: unknown[] = Array.isArray(pipeline.before) ? pipeline.before : [];
  const isKind = (part: unknown, kind: string) => isObject(part) && part.kind === kind;
  const others = before.filter((part) => !isKind(part, "features"));
  const hasColumns = others.some((part) => isKind(part, "columns"));
  const [features, ...columns] = parts;
  return editedText({ ...pipeline, before: [features, ...others, ...(hasColumns ? [] : columns)] });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Describes what is wrong at a place of the JSON, as complaints about steps do: "before.0.policy.stale" is "before 1, policy.stale".
 * @param message may name the place itself
 */
export function complaintOf(path: string, message: string): string {
  const place = path.replace(/\.(\d+)(\.|$)/g, (_, index: string, end) => ` ${Number(index) + 1}${end && ", "}`);
  return place === "" ? message : `${place}: ${message}`;
}
