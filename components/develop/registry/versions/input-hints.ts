import { parsedJson } from "#components/ui/parsed-json.ts";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";

/** Description of one input by the model, beyond its type: the levels or range seen in training, an example, a description. */
export interface InputHint {
  /** Shape of one row, when the model's own says less: [1, 8, 8]. */
  shape?: number[] | undefined;
  min?: number | undefined;
  max?: number | undefined;
  levels?: string[] | undefined;
  example?: number | string | boolean | undefined;
  unit?: string | undefined;
  description?: string | undefined;
}

/**
 * Hints by input name, from the file's metadata key "inputs" (a JSON object). What cannot be read is left out. Read without zod, which the
 * playground would load for this alone.
 */
export function readHints(signature: Pick<Signature, "metadata">): Record<string, InputHint> {
  const text = signature.metadata.inputs;
  const inputs = text ? parsedJson(text) : undefined;
  return Object.fromEntries(Object.entries(asObject(inputs)).map(([name, hint]) => [name, readHint(asObject(hint))]));
}

function readHint({ shape, min, max, levels, example, unit, description }: Record<string, unknown>): InputHint {
  return {
    shape: Array.isArray(shape) && shape.every(isSize) ? shape : undefined,
    min: ofType("number", min),
    max: ofType("number", max),
    levels: Array.isArray(levels) && levels.length > 0 ? levels.map(String) : undefined,
    example: ofType("number", example) ?? ofType("string", example) ?? ofType("boolean", example),
    unit: ofType("string", unit),
    description: ofType("string", description),
  };
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function isSize(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) > 0;
}

interface Types {
  number: number;
  string: string;
  boolean: boolean;
}

function ofType<Name extends keyof Types>(type: Name, value: unknown): Types[Name] | undefined {
  return typeof value === type ? (value as Types[Name]) : undefined;
}
