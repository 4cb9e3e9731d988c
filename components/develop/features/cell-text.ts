import type { StoreValue } from "#server/develop/features/contract.ts";

const maxText = 40;

/** Writes a value of a feature for a cell; long texts are cut off. */
export function cellText(value: StoreValue, most = maxText): string {
  if (value === null) return "null";
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  const text = Array.isArray(value) ? `[${value.map((one) => cellText(one, most)).join(", ")}]` : String(value);
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

/** Writes the values of a key for a cell. */
export function cellTexts(values: readonly StoreValue[]): string {
  return values.map((value) => cellText(value)).join(", ");
}

const originLabels: Record<string, string> = {
  push: "push source",
  rows: "REST",
  feast: "Feast client",
  materialisation: "materialisation",
};

/** Names what wrote a row. */
export function originLabel(origin: string | null): string {
  return origin === null ? "history file" : (originLabels[origin] ?? origin);
}
