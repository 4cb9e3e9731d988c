import { formatNumber, noValue } from "#components/ui/format.ts";

/** A field of a row as the page shows it. */
export interface ShownField {
  name: string;
  text: string;
}

const maxTextLength = 2000;

/** Returns the fields of a row in their order. A value that is no object is one field. @param value what the task holds for it */
export function readFields(value: unknown, name: string): ShownField[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [{ name, text: formatCell(value) }];
  return Object.entries(value).map(([key, cell]) => ({ name: key, text: formatCell(cell) }));
}

function formatCell(value: unknown): string {
  if (value === null || value === undefined || value === "") return noValue;
  // Ids and amounts are read digit by digit: more than three significant digits stay.
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : formatLong(value);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > maxTextLength ? `${text.slice(0, maxTextLength)}…` : text;
}

function formatLong(value: number): string {
  const magnitude = Math.abs(value);
  return magnitude >= 0.001 && magnitude < 1e9 ? String(Number(value.toPrecision(8))) : formatNumber(value);
}
