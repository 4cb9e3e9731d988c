import { and, eq, isNull, sql } from "drizzle-orm";
import { slos } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { type StoredSlo, selectSlos } from "#server/watch/objectives/stored-slos.ts";
import type { Watcher } from "../contract.ts";

/** Indicators that count the events behind a watcher's findings. */
const indicators: Partial<Record<Watcher, string>> = {
  quality: "realised-quality",
  estimate: "estimated-quality",
  drift: "drift-budget",
  integrity: "data-quality",
};

/** Parses the watcher and endpoint from the rule key of its alerts; undefined for other alerts. */
export function watchOf(ruleKey: string): { watcher: Watcher; endpointId: string } | undefined {
  const { watcher, endpointId } = /^watch:(?<watcher>[a-z]+):(?<endpointId>[0-9a-f-]{36})$/.exec(ruleKey)?.groups ?? {};
  return watcher && endpointId ? { watcher: watcher as Watcher, endpointId } : undefined;
}

/**
 * Finds the SLO that measures the subject of a monitoring alert, the one with the least remaining budget. The caller has checked
 * permissions.
 */
export async function findSloOfWatch(ctx: Context, ruleKey: string): Promise<StoredSlo | undefined> {
  const watch = watchOf(ruleKey);
  const indicator = watch && indicators[watch.watcher];
  if (!indicator) return undefined;
  const counts = sql`${slos.definition} #>> '{indicator,kind}' = ${indicator}`;
  const [worst] = await selectSlos(ctx, and(eq(slos.endpointId, watch.endpointId), isNull(slos.archivedAt), counts));
  return worst;
}
