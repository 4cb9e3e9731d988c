import type { Completion } from "#components/ui/use-completion.ts";
import { readJson } from "#components/ui/wire.ts";
import { findingKinds } from "#server/develop/tracking/health/constants.ts";
import { runStatuses } from "#server/develop/tracking/runs/constants.ts";
import { fieldKinds } from "#server/develop/tracking/tables/constants.ts";
import type { FieldKind, FieldValue, RunFields } from "#server/develop/tracking/tables/contract.ts";
import { type CompletionPosition, completionAt, readField } from "./filter-completion.ts";
import { fieldOf, quoted } from "./run-clauses.ts";

interface Suggestion {
  label: string;
  hint: string;
  /** With what follows it. */
  insert: string;
}

/** Attributes, with an example of what they are compared with. */
const attributes: Record<string, string> = {
  status: "'FAILED'",
  user_id: "user who started the run",
  run_name: "LIKE '%keel%'",
  health: "= 'nan', IS NULL",
  start_time: "milliseconds since 1970",
  end_time: "milliseconds since 1970",
  "datasets.name": "LIKE '%depots%'",
  "datasets.digest": "of a dataset in use",
};
const comparisons = ["=", "!=", ">", ">=", "<", "<=", "BETWEEN"];
const ofText = ["=", "!=", "IN", "LIKE", "ILIKE"];
const fewPerKind = 6;

/** Suggests completions at the caret of a filter on an experiment's runs; names and values come from its newest runs. */
export async function suggestFilter(experimentId: number, query: string, caret: number): Promise<Completion[]> {
  const position = completionAt(query, caret);
  const suggestions = await suggestionsAt(experimentId, position);
  return suggestions.map((suggestion) => ({ ...suggestion, from: position.from, to: position.to }));
}

async function suggestionsAt(experimentId: number, position: CompletionPosition): Promise<Suggestion[]> {
  switch (position.kind) {
    case "field":
      return [
        ...matching(Object.entries(attributes), position.words),
        ...(await fieldsLike(experimentId, position.words)),
      ];
    case "operator":
      return operatorsOf(position);
    case "null":
      return words(["NULL", "NOT NULL"], position.words);
    case "joiner":
      return words(["AND", "OR"], position.words);
    case "value":
      return valuesOf(experimentId, position);
    default:
      return [];
  }
}

/** Operators that make sense for what a field holds. */
export function operatorsOf({ field, words: typed }: Pick<CompletionPosition, "field" | "words">): Suggestion[] {
  const isNumber = readField(field)?.kind === "metric" || /_time$/.test(field);
  return words([...(isNumber ? comparisons : ofText), "IS NULL", "IS NOT NULL"], typed);
}

function words(all: readonly string[], typed: string): Suggestion[] {
  const wanted = typed.trim().toLowerCase();
  return all
    .filter((word) => word.toLowerCase().startsWith(wanted) && word.toLowerCase() !== wanted)
    .map((word) => ({ label: word, hint: "", insert: word === "IN" ? "IN (" : `${word} ` }));
}

function matching(all: readonly [string, string][], typed: string): Suggestion[] {
  const wanted = typed.toLowerCase();
  return all
    .filter(([name]) => name.includes(wanted) && name !== wanted)
    .map(([name, hint]) => ({ label: name, hint, insert: `${name} ` }));
}

async function fieldsLike(experimentId: number, typed: string): Promise<Suggestion[]> {
  const named = readField(typed);
  const kinds = named ? [named.kind] : fieldKinds;
  const found = await Promise.all(kinds.map((kind) => searchFields(experimentId, kind, named?.key ?? typed)));
  return found.flat();
}

async function searchFields(experimentId: number, kind: FieldKind, wanted: string): Promise<Suggestion[]> {
  const question = new URLSearchParams({ kind, words: wanted, limit: String(fewPerKind) });
  const { fields } = await readJson<RunFields>(`/api/v1/experiments/${experimentId}/fields?${question}`);
  return fields.flatMap(({ key, runs, values }) => {
    const field = fieldOf(`${kind}s.${key}`);
    const hint = values === undefined ? `in ${runs} runs` : values === 1 ? "one value" : `${values} values`;
    return field ? [{ label: field, hint, insert: `${field} ` }] : [];
  });
}

async function valuesOf(experimentId: number, { field, words: typed }: CompletionPosition): Promise<Suggestion[]> {
  const wanted = typed.replace(/^['"]/, "").replaceAll("''", "'");
  const name = field.replace(/^(attributes?|attr|run)\./, "");
  if (name === "status") return texts(runStatuses, wanted);
  if (name === "health") return texts(findingKinds, wanted);
  const named = readField(field);
  // A number is typed faster than it is found.
  if (named?.kind === "metric" || /_time$/.test(name)) return [];
  const fieldName = named ? `${named.kind}s.${named.key}` : name.startsWith("datasets.") ? name : `attributes.${name}`;
  const question = new URLSearchParams({ field: fieldName, words: wanted, limit: "10" });
  const { values } = await readJson<{ values: FieldValue[] }>(`/api/v1/experiments/${experimentId}/values?${question}`);
  return values.map(({ value, runs }) => ({ label: value, hint: `${runs} runs`, insert: `${quoted(value)} ` }));
}

function texts(all: readonly string[], wanted: string): Suggestion[] {
  return all
    .filter((value) => value.toLowerCase().includes(wanted.toLowerCase()))
    .map((value) => ({ label: value, hint: "", insert: `${quoted(value)} ` }));
}
