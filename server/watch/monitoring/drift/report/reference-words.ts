import type { ProfileSource } from "../../profiles/contract.ts";

/** What a reference was made from, in words. */
export function referenceWords(source: ProfileSource): string {
  if (source.kind === "dataset") {
    const rows = source.where ? `, ${source.where.column} ${source.where.value}` : "";
    return `${source.name}${rows}`;
  }
  const day = (at: Date) => new Date(at).toISOString().slice(0, 10);
  return `traffic of ${day(source.from)} to ${day(source.to)}`;
}
