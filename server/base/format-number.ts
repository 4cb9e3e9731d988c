/** Non-breaking, so that a number and its unit stay on one line. */
const nbsp = "\u00a0";

/** Formats a count with thousands separators, for sentences and reports: 12,345. */
export function formatCount(count: number): string {
  return count.toLocaleString("en");
}

/** Formats a number with at most the given number of significant figures, without trailing zeros: 0.1235. */
export function formatSignificant(value: number, most: number): string {
  return String(Number(value.toPrecision(most)));
}

/** Formats a limit in bytes as full mebibytes, the unit of its settings: "5,120 MiB". */
export function mebibytes(bytes: number): string {
  return `${formatCount(Math.floor(bytes / 2 ** 20))}${nbsp}MiB`;
}

/** Formats a share as a percentage with at most three significant figures: "0.41%"; a value other than 0 is never shown as 0. */
export function percent(share: number): string {
  return `${formatSignificant(share * 100, 3)}%`;
}

/** Formats a duration in at most two units: "2.4 s", "48 min", "7 h 28 min", "3 d 2 h". */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds / 1000);
  if (seconds < 10) return `${formatSignificant(seconds, 2)}${nbsp}s`;
  if (seconds < 99.5) return `${Math.round(seconds)}${nbsp}s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes}${nbsp}min`;
  const [large, small, larger, smaller] = minutes < 1440 ? [60, 1, "h", "min"] : [1440, 60, "d", "h"];
  const rest = Math.floor((minutes % large) / small);
  const largePart = `${Math.floor(minutes / large)}${nbsp}${larger}`;
  return rest === 0 ? largePart : `${largePart} ${rest}${nbsp}${smaller}`;
}
