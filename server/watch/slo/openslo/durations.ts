import { DomainError } from "#server/base/errors.ts";

const minutesOf: Record<string, number> = { m: 1, h: 60, d: 1440, w: 10_080 };

/**
 * Converts an OpenSLO duration such as "12h" to minutes; null for months, quarters and years, which have no fixed length, and for invalid
 * texts.
 */
export function durationMinutes(text: unknown): number | null {
  if (typeof text === "number" && Number.isInteger(text) && text > 0) return text;
  const [, count, unit] = /^(0|[1-9]\d{0,8})([mhdw])$/.exec(String(text)) ?? [];
  return count === undefined ? null : Number(count) * (minutesOf[unit as string] as number);
}

/** Converts a duration to minutes, and rejects anything else as an error in the file. */
export function requiredMinutes(text: unknown, where: string): number {
  const minutes = durationMinutes(text);
  if (minutes !== null) return minutes;
  throw new DomainError(
    "invalid",
    `${where} is ${JSON.stringify(text)}. It must be a duration such as 5m, 12h, 3d or 4w.`,
  );
}

/** Formats minutes as the shortest OpenSLO duration: "1h", "90m", "3d". */
export function durationText(minutes: number): string {
  if (minutes > 0 && minutes % 1440 === 0) return `${minutes / 1440}d`;
  return minutes > 0 && minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`;
}
