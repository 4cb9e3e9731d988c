import { formatCount, formatSignificant } from "#server/base/format-number.ts";

const units = ["bytes", "kB", "MB", "GB", "TB"];

/** Formats a number of bytes for the terminal, in powers of 1,000: "1.84 GB". */
export function describeSize(bytes: number): string {
  if (bytes < 1000) return `${formatCount(bytes)} bytes`;
  const power = Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${formatSignificant(bytes / 1000 ** power, 3)} ${units[power]}`;
}
