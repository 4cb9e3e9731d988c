import { formatNumber } from "#components/ui/format.ts";
import type { InputHint } from "./input-hints.ts";

/** Levels of an input that are named one by one. */
const maxLevels = 8;

/** Formats a model's description of an input on one line: "Airline, by its two-letter code; 9E, AA, AS". */
export function describeHint({ description, unit, min, max, levels = [] }: InputHint): string {
  const more = levels.length - maxLevels;
  const named = levels.slice(0, maxLevels).join(", ") + (more > 0 ? ` and ${more} more` : "");
  return [description, formatRange(min, max, unit), named].filter(Boolean).join("; ");
}

function formatRange(min: number | undefined, max: number | undefined, unit = ""): string {
  const measured = (value: number) => `${formatNumber(value)}${unit && `\u00a0${unit}`}`;
  if (min !== undefined && max !== undefined) return `${formatNumber(min)} to ${measured(max)}`;
  if (min !== undefined) return `at least ${measured(min)}`;
  return max === undefined ? unit : `at most ${measured(max)}`;
}
