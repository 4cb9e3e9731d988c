import { and, eq, isNull, sql } from "drizzle-orm";
import { slos } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { type StoredSlo, selectSlos } from "#server/watch/objectives/stored-slos.ts";
import type { Watcher } from "../contract.ts";

/** What counts the events that a watcher finds something about. */
const indicators: Partial<Record<Watcher, string>> = {
  quality: "realised-quality",
  estimate: "estimated-quality",
  drift: "drift-budget",
  integrity: "data-quality",
};

/** Which watcher looks, and at which endpoint, by the key of rule that its alerts have; undefined for alerts of anything else. */
export function watchOf(ruleKey: string): { watcher: Watcher; endpointId: string } | undefined {
  const { watcher, endpointId } = /^watch:(?<watcher>[a-z]+):(?<endpointId>[0-9a-f-]{36})$/.exec(ruleKey)?.groups ?? {};
  return watcher && endpointId ? { watcher: watcher as Watcher, endpointId } : undefined;
}

/** The objective that counts what an alert of monitoring is about, that with the least left. For who was let in already. */
export async function findSloOfWatch(ctx: Context, ruleKey: string): Promise<StoredSlo | undefined> {
  const watch = watchOf(ruleKey);
  const indicator = watch && indicators[watch.watcher];
  if (!indicator) return undefined;
  const counts = sql`${slos.definition} #>> '{indicator,kind}' = ${indicator}`;
  const [worst] = await selectSlos(ctx, and(eq(slos.endpointId, watch.endpointId), isNull(slos.archivedAt), counts));
  return worst;
}
