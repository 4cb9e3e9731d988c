import type { TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import type { FieldContract, FieldPolicy } from "#server/serve/protection/contract.ts";

/** Field contract as edited in a form: empty fields are not set. */
export interface FieldDraft {
  input: string;
  column: string | number;
  name: string;
  type: NonNullable<FieldContract["type"]> | "";
  minimum: string | number;
  maximum: string | number;
  levels: string;
  onOutside: FieldPolicy;
  onMissing: FieldPolicy;
  onNotFinite: FieldPolicy;
  fallback: string;
}

/** Returns the initial values of the form: those of the field, or of a new one for the first input. */
export function startDraft(field: FieldContract | undefined, inputs: readonly TensorSpec[]): FieldDraft {
  const policies = { onOutside: "reject", onMissing: "reject", onNotFinite: "reject" } as const;
  if (!field) {
    const empty = { column: "", name: "", type: "", minimum: "", maximum: "", levels: "", fallback: "" } as const;
    return { input: inputs[0]?.name ?? "", ...empty, ...policies };
  }
  const { column, type, minimum, maximum, levels, fallback, ...same } = field;
  return {
    ...same,
    column: column ?? "",
    type: type ?? "",
    minimum: minimum ?? "",
    maximum: maximum ?? "",
    levels: levels?.join(", ") ?? "",
    fallback: fallback === null ? "" : String(fallback),
  };
}

/** Parses the contract of a form. Levels and the fallback become numbers if all of them are numeric, unless the type is text. */
export function readDraft(draft: FieldDraft): FieldContract {
  const { column, type, minimum, maximum, levels, fallback, ...same } = draft;
  const words = levels
    .split(",")
    .map((level) => level.trim())
    .filter(Boolean);
  const given = fallback.trim() === "" ? [] : [fallback.trim()];
  const areNumbers = type !== "text" && [...words, ...given].every((word) => Number.isFinite(Number(word)));
  const read = (word: string) => (areNumbers ? Number(word) : word);
  return {
    ...same,
    column: orNull(column),
    type: type || null,
    minimum: orNull(minimum),
    maximum: orNull(maximum),
    levels: words.length > 0 ? words.map(read) : null,
    fallback: given[0] === undefined ? null : read(given[0]),
  };
}

function orNull(value: string | number): number | null {
  return value === "" ? null : Number(value);
}
