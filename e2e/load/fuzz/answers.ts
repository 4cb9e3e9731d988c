/** Number of responses of each route by status, as counted by Leeway. */
export type Answers = Map<string, number>;

/** Reads the counts of the web role. @param url of the console. */
export async function countPredictions(url: string): Promise<Answers> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lines = text.matchAll(/^leeway_http_request_duration_seconds_count\{([^}]*)\} (\d+)$/gm);
  const label = (labels: string, name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(labels)?.[1] ?? "";
  return new Map(
    Array.from(lines, ([, labels = "", count]) => [
      `${label(labels, "method")} ${label(labels, "route")} ${label(labels, "status")}`,
      Number(count),
    ]),
  );
}

export interface Summary {
  /** Method and route of what was called. */
  operations: number;
  calls: number;
  /** Calls by their status. */
  byStatus: Record<string, number>;
  /** Method, route and status of each failure of the server, with its count. */
  serverErrors: Record<string, number>;
}

/** Summarises the responses between two counts on routes that match a path. */
export function summarise(before: Answers, after: Answers, path: RegExp): Summary {
  const calls = [...after]
    .map(([key, count]) => [key, count - (before.get(key) ?? 0)] as const)
    .filter(([key, count]) => count > 0 && path.test(key.split(" ")[1] ?? ""));
  const byStatus: Record<string, number> = {};
  for (const [key, count] of calls) {
    const status = key.split(" ")[2] ?? "";
    byStatus[status] = (byStatus[status] ?? 0) + count;
  }
  return {
    operations: new Set(calls.map(([key]) => key.split(" ").slice(0, 2).join(" "))).size,
    calls: calls.reduce((sum, [, count]) => sum + count, 0),
    byStatus,
    serverErrors: Object.fromEntries(calls.filter(([key]) => / 5\d\d$/.test(key))),
  };
}
