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
import { floorTo } from "../history/grains.ts";
import { newestRollout } from "../rollout-of.ts";
import { settingsByEndpoint } from "../settings/queries.ts";
import { deleteOldWindows } from "./windows/delete-old-windows.ts";
import { canaryPrefix, driftFindings } from "./windows/drift-findings.ts";
import { evaluateDue, evaluateLate } from "./windows/evaluate-due.ts";
import { OrdinaryHistory } from "./windows/ordinary-history.ts";
import { alarmedWindows } from "./windows/window-rows.ts";

/** Maximum time for one endpoint, so that months of windows do not delay the others. */
const maxDelayMs = 10_000;
/** Findings that are not renewed end by their age, and gateways that were cut off report later. */
const settleMs = 5 * minuteMs;

const MonitoredEndpoint = z.object({ id: z.string(), workspaceId: z.string() });
type MonitoredEndpoint = z.infer<typeof MonitoredEndpoint>;

/**
 * Evaluates drift windows after they end, and again when more of their rows arrive, and settles the findings. Each window is evaluated by
 * one worker at a time.
 * @param store holds the samples of references
 * @param afterChange runs at once after a group of alerts changed
 */
export function driftWatcher(db: Database, store: Pick<ArtifactStore, "open">, afterChange: AfterChange): Watcher {
  const history = new OrdinaryHistory();
  const known = new Map<string, Watched>();
  return new Watcher({
    name: "drift",
    db,
    everyMs: 20_000,
    startsInBackground: true,
    run: async ({ attempt, isStopping, startedAt: now }) => {
      for (const item of await watchedEndpoints(db)) {
        if (isStopping()) return;
        await attempt(item, async () => {
          // Read for each: settings that cannot be read concern no other endpoint.
          const own = (await settingsByEndpoint(db, [item.id])).get(item.id);
          if (!own) return;
          const watched = await watchEndpoint(systemContext(db, item.workspaceId, "watch-drift"), {
            endpointId: item.id,
            settings: own,
            history,
            now,
            ...known.get(item.id),
            store,
            isStopping,
            afterChange,
          });
          known.set(item.id, watched);
        });
      }
      await attempt({ id: "old windows" }, () => deleteOldWindows(db, now));
    },
  });
}

/** Times of an endpoint's last looks, in milliseconds since 1970. */
interface Watched {
  /** When its findings were last settled. */
  settledAt: number;
  /** When its evaluated windows were last compared with their rows. */
  comparedAt: number;
}

interface Watch extends Partial<Watched> {
  endpointId: string;
  settings: MonitorSettings;
  history: OrdinaryHistory;
  now: number;
  isStopping?: () => boolean;
  store?: Pick<ArtifactStore, "open"> | undefined;
  afterChange: AfterChange;
}

/**
 * Evaluates the due windows of an endpoint, and settles its findings by the newest windows.
 * @returns the number of evaluated windows, and the times of the looks
 */
export async function watchEndpoint(
  ctx: Context,
  { settings, isStopping, afterChange, settledAt = 0, comparedAt = 0, ...watch }: Watch,
): Promise<Watched & { evaluatedCount: number }> {
  const { endpointId, now } = watch;
  if (!settings.isOn) {
    const nothing = { endpointId, watcher: "drift" as const, findings: [], now, holdMs: 0 };
    await settleFindings(ctx, nothing, afterChange);
    return { evaluatedCount: 0, settledAt: now, comparedAt };
  }
  const startedAt = performance.now();
  const hasEnded = () => (isStopping?.() ?? false) || performance.now() - startedAt >= maxDelayMs;
  let evaluatedCount = 0;
  for (const length of settings.lengths) {
    while (!hasEnded() && (await evaluateDue(ctx, { ...watch, length, settings }))) evaluatedCount += 1;
  }
  const isCompareDue = now - comparedAt > settleMs;
  for (const length of isCompareDue ? settings.lengths : []) {
    const isThorough = floorTo(now, "hour") !== floorTo(comparedAt, "hour");
    evaluatedCount += await evaluateLate(ctx, { ...watch, length, settings, isThorough, hasEnded });
  }
  const isDue = evaluatedCount > 0 || now - settledAt > settleMs;
  if (isDue) await settleDrift(ctx, endpointId, now, afterChange);
  return { evaluatedCount, settledAt: isDue ? now : settledAt, comparedAt: isCompareDue ? now : comparedAt };
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
