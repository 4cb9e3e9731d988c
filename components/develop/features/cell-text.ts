import type { StoreValue } from "#server/develop/features/contract.ts";

const maxText = 40;

/** Writes a value of a feature for a cell; long texts are cut off. */
export function cellText(value: StoreValue, most = maxText): string {
  if (value === null) return "null";
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  const text = Array.isArray(value) ? `[${value.map((one) => cellText(one, most)).join(", ")}]` : plainText(value);
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

/** Writes a float32 with the digits that it has: 78.98, not 78.9800033569336. Nine always identify it. */
function plainText(value: unknown): string {
  if (typeof value !== "number" || Math.fround(value) !== value) return String(value);
  return String(
    [7, 8, 9].map((digits) => Number(value.toPrecision(digits))).find((short) => Math.fround(short) === value) ?? value,
  );
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
