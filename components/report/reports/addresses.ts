/** Returns the query parameter of a period's name: a week, a month or a quarter. */
function periodQuery(name: string): [string, string] {
  if (name.includes("W")) return ["week", name];
  return [name.includes("Q") ? "quarter" : "month", name];
}

export interface ReportLocation {
  /** "2026-W19". */
  name: string;
  /** Whether all models are listed. */
  showsAll?: boolean;
  /** Id of the figure whose drawer is open. */
  fact?: string;
}

/** Returns the address of a report, with the drawer of one of its numbers open if given. */
export function reportHref({ name, showsAll, fact }: ReportLocation): string {
  const query = new URLSearchParams([periodQuery(name)]);
  if (showsAll) query.set("models", "all");
  if (fact) query.set("fact", fact);
  return `/overview?${query}`;
}
