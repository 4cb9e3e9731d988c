import type { Database } from "#db/client.ts";
import type { AfterChange } from "#server/alerting/alerts/groups/refresh-groups.ts";
import { systemContext } from "#server/base/context.ts";
import { type Round, Watcher } from "#server/platform/jobs/watcher.ts";
import { evaluateSlo } from "./evaluation/evaluate-slo.ts";
import { dueSlos } from "./evaluation/slo-rows.ts";
import { countHistory, countSeries, dueSeries, seriesWithoutHistory } from "./rollup/count-series.ts";
import { SeriesMemory } from "./rollup/series-memory.ts";

/** Time between two evaluations of an SLO. */
const everyMs = 9_000;
const batch = 100;
const maxEvaluationMs = 5_000;
/** History must not delay the evaluations. */
const maxHistoryMs = 2_000;

/**
 * Counts indicators and evaluates each SLO about every ten seconds. Each series is counted, and each SLO evaluated, by one worker at a
 * time.
 * @param afterChange runs at once after a group of alerts changed
 */
export function sloWatcher(db: Database, afterChange: AfterChange): Watcher {
  const memory = new SeriesMemory();
  return new Watcher({
    name: "slos",
    db,
    everyMs: 2_000,
    maxRetryMs: 60_000,
    startsInBackground: true,
    run: async (round) => {
      const now = round.startedAt;
      await count(round, now);
      const startedAt = performance.now();
      for (const item of await dueSlos({ db }, now - everyMs)) {
        // The rest follows in the next round, right after recent minutes have been counted again.
        if (round.isStopping() || performance.now() - startedAt > maxEvaluationMs) return;
        const ctx = systemContext(db, item.workspaceId, "evaluate-slo");
        await round.attempt(item, () => evaluateSlo(ctx, item.id, { memory, now: round.now(), afterChange }));
      }
      await countOld(round, now);
    },
  });
}

async function count({ db, attempt, isSetAside, isStopping }: Round, now: number): Promise<void> {
  const due = await dueSeries(db, now);
  const nameOf = (id: string) => `series ${id}`;
  // One that failed is counted alone: it would fail the others of its batch.
  const together = due.filter((id) => !isSetAside(nameOf(id)));
  for (let start = 0; start < together.length && !isStopping(); start += batch) {
    const ids = together.slice(start, start + batch);
    const isCounted = await countSeries(db, ids, now).catch(() => undefined);
    if (isCounted !== undefined) continue;
    for (const id of ids) await attempt({ id: nameOf(id) }, () => countSeries(db, [id], now));
  }
  for (const id of due.filter((id) => isSetAside(nameOf(id)))) {
    if (isStopping()) return;
    await attempt({ id: nameOf(id) }, () => countSeries(db, [id], now));
  }
}

async function countOld({ db, attempt, isStopping }: Round, now: number): Promise<void> {
  const startedAt = performance.now();
  let due = await seriesWithoutHistory(db, now);
  while (due.length > 0) {
    const unfinished: string[] = [];
    // A week of each in turn.
    for (const id of due) {
      if (isStopping() || performance.now() - startedAt > maxHistoryMs) return;
      if (await attempt({ id: `history of series ${id}` }, () => countHistory(db, id, now))) unfinished.push(id);
    }
    due = unfinished;
  }
}
