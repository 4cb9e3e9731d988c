/** Fewer cannot be compared, more cannot be told apart. */
export const compareLimits = { least: 2, most: 10 };

/** The address that compares runs; the first is the baseline. */
export function compareHref(runIds: readonly string[], options: { all?: boolean } = {}): string {
  const parameters = new URLSearchParams({ runs: runIds.join(","), ...(options.all && { all: "1" }) });
  return `/experiments/compare?${parameters.toString().replaceAll("%2C", ",")}`;
}

/** Ids in an address, each once, at most ten. */
export function readRunIds(text: string | string[] | undefined): string[] {
  const ids = [text ?? []]
    .flat()
    .flatMap((part) => part.split(","))
    .filter(Boolean);
  return [...new Set(ids)].slice(0, compareLimits.most);
}
