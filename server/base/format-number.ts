/** Non-breaking, so that a number and its unit stay on one line. */
const nbsp = "\u00a0";

/** A count with its thousands marked, for sentences and reports: 12,345. */
export function formatCount(count: number): string {
  return count.toLocaleString("en");
}

/** A number with at most so many significant figures, and no zeros at its end: 0.1235. */
export function formatSignificant(value: number, most: number): string {
  return String(Number(value.toPrecision(most)));
}

/** A limit in bytes as its settings count it, in whole mebibytes: "5,120 MiB". */
export function mebibytes(bytes: number): string {
  return `${formatCount(Math.floor(bytes / 2 ** 20))}${nbsp}MiB`;
}

/** A share as people read it, with at most three significant figures: "0.41%"; what is not 0 is never shown as 0. */
export function percent(share: number): string {
  return `${formatSignificant(share * 100, 3)}%`;
}

/** How long something took, in at most two units: "2.4 s", "48 min", "7 h 28 min", "3 d 2 h". */
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
