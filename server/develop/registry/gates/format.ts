import { formatSignificant } from "#server/base/format-number.ts";
/** Formats a measured value: "96.5%" for a proportion, otherwise at most four significant figures, with a no-break space before a unit. */
export function formatValue(value: number, scale: "proportion" | "number"): string {
  return scale === "proportion" ? `${(value * 100).toFixed(1)}%` : formatSignificant(value, 4);
}

/** Formats a difference with its sign and a proper minus: "+0.4 pp", "−0.02". */
export function formatDifference(value: number, scale: "proportion" | "number"): string {
  const size = Math.abs(value);
  const text = scale === "proportion" ? `${(size * 100).toFixed(1)} pp` : formatSignificant(size, 3);
  if (/^0(\.0+)?( pp)?$/.test(text)) return text;
  return `${value < 0 ? "−" : "+"}${text}`;
}
