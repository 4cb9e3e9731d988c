/** A count with its thousands marked, for sentences and reports: 12,345. */
export function counted(count: number): string {
  return count.toLocaleString("en");
}

/** A number with at most so many significant figures, and no zeros at its end: 0.1235. */
export function figures(value: number, most: number): string {
  return String(Number(value.toPrecision(most)));
}

/** A limit in bytes as its settings count it, in whole mebibytes: "5,120 MiB". */
export function mebibytes(bytes: number): string {
  return `${counted(Math.floor(bytes / 2 ** 20))} MiB`;
}
