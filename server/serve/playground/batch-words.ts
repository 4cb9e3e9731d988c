interface Counts {
  done: number;
  failed: number;
  agreeing: number;
  compared: number;
}

/** What came of a batch, for lists: "flights.csv: 182 of 200 agree, 3 failed". */
export function batchWords(request: unknown, { done, failed, agreeing, compared }: Counts): string {
  const source = (request as { source?: string } | null)?.source ?? "a batch";
  const said = compared > 0 ? `${agreeing} of ${compared} agree` : `${done - failed} succeeded`;
  return `${source}: ${said}${failed > 0 ? `, ${failed} failed` : ""}`;
}
