import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "#db/client.ts";
import type { AfterChange } from "#server/alerting/alerts/groups/refresh-groups.ts";
import { type Context, systemContext } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { Watcher } from "#server/platform/jobs/watcher.ts";
import type { MonitorSettings } from "../contract.ts";
import { settleFindings } from "../findings/settle-findings.ts";
import { newestRollout } from "../rollout-of.ts";
import { settingsByEndpoint } from "../settings/queries.ts";
import { deleteOldWindows } from "./windows/delete-old-windows.ts";
import { canaryPrefix, driftFindings } from "./windows/drift-findings.ts";
import { evaluateDue } from "./windows/evaluate-due.ts";
import { OrdinaryHistory } from "./windows/ordinary-history.ts";
import { alarmedWindows } from "./windows/window-rows.ts";

/** Maximum time for one endpoint, so that months of windows do not delay the others. */
const maxDelayMs = 10_000;
/** Findings that are not renewed end by their age. */
const settleMs = 5 * minuteMs;

const MonitoredEndpoint = z.object({ id: z.string(), workspaceId: z.string() });
type MonitoredEndpoint = z.infer<typeof MonitoredEndpoint>;

/**
 * Evaluates drift windows after they end, each once, and settles the findings. Each window is evaluated by one worker at a time.
 * @param store holds the samples of references
 * @param afterChange runs at once after a group of alerts changed
 */
export function driftWatcher(db: Database, store: Pick<ArtifactStore, "open">, afterChange: AfterChange): Watcher {
  const history = new OrdinaryHistory();
  const settledAt = new Map<string, number>();
  return new Watcher({
    name: "drift",
    db,
    everyMs: 20_000,
    startsInBackground: true,
    run: async ({ attempt, isStopping, startedAt: now }) => {
      const endpoints = await watchedEndpoints(db);
      const settings = await settingsByEndpoint(
        db,
        endpoints.map(({ id }) => id),
      );
      for (const item of endpoints) {
        const own = settings.get(item.id);
        if (isStopping()) return;
        if (!own) continue;
        await attempt(item, async () => {
          const watched = await watchEndpoint(systemContext(db, item.workspaceId, "watch-drift"), {
            endpointId: item.id,
            settings: own,
            history,
            now,
            settledAt: settledAt.get(item.id),
            store,
            isStopping,
            afterChange,
          });
          settledAt.set(item.id, watched.settledAt);
        });
      }
      await attempt({ id: "old windows" }, () => deleteOldWindows(db, now));
    },
  });
}

interface Watch {
  endpointId: string;
  settings: MonitorSettings;
  history: OrdinaryHistory;
  now: number;
  /** Time at which its findings were last settled; never, when omitted. */
  settledAt?: number | undefined;
  isStopping?: () => boolean;
  store?: Pick<ArtifactStore, "open"> | undefined;
  afterChange: AfterChange;
}

/**
 * Evaluates the due windows of an endpoint, and settles its findings by the newest windows.
 * @returns the number of evaluated windows, and when the findings were settled
 */
export async function watchEndpoint(ctx: Context, { settings, isStopping, afterChange, ...watch }: Watch) {
  const { endpointId, now } = watch;
  if (!settings.isOn) {
    const nothing = { endpointId, watcher: "drift" as const, findings: [], now, holdMs: 0 };
    await settleFindings(ctx, nothing, afterChange);
    return { evaluatedCount: 0, settledAt: now };
  }
  const startedAt = performance.now();
  let evaluatedCount = 0;
  for (const length of settings.lengths) {
    while (!isStopping?.() && performance.now() - startedAt < maxDelayMs) {
      const isEvaluated = await evaluateDue(ctx, { ...watch, length, settings });
      if (!isEvaluated) break;
      evaluatedCount += 1;
    }
  }
  const isDue = evaluatedCount > 0 || now - (watch.settledAt ?? 0) > settleMs;
  if (isDue) await settleDrift(ctx, endpointId, now, afterChange);
  return { evaluatedCount, settledAt: isDue ? now : (watch.settledAt ?? 0) };
}

async function settleDrift(ctx: Context, endpointId: string, now: number, afterChange: AfterChange): Promise<void> {
  const rollout = await newestRollout(ctx, endpointId);
  const findings = driftFindings(await alarmedWindows(ctx, endpointId, now), rollout);
  const runs = rollout?.endedAt === null ? canaryPrefix(rollout) : null;
  const over = { prefix: "canary:", unless: runs };
  await settleFindings(ctx, { endpointId, watcher: "drift", findings, now, over }, afterChange);
}

/** Endpoints in use with feature counts. */
async function watchedEndpoints(db: Database): Promise<MonitoredEndpoint[]> {
  const result = await db.execute(sql`
    select id, workspace_id as "workspaceId" from endpoints
    where archived_at is null and exists (select from feature_states where endpoint_id = endpoints.id)
    order by id`);
  return rowsOf(MonitoredEndpoint, result);
}
