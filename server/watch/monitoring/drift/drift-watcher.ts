import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { AfterChange } from "#server/alerting/alerts/groups/refresh-groups.ts";
import { type Context, systemContext } from "#server/base/context.ts";
import { databaseError } from "#server/base/database-error.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { minuteMs } from "#server/base/durations.ts";
import { log } from "#server/base/log.ts";
import { Refresher } from "#server/base/refresher.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import type { MonitorSettings } from "../contract.ts";
import { settleFindings } from "../findings/settle-findings.ts";
import { newestRollout } from "../rollout-of.ts";
import { settingsByEndpoint } from "../settings/queries.ts";
import { deleteOldWindows } from "./windows/delete-old-windows.ts";
import { canaryPrefix, driftFindings } from "./windows/drift-findings.ts";
import { judgeDue } from "./windows/judge-due.ts";
import { OrdinaryHistory } from "./windows/ordinary-history.ts";
import { alarmedWindows } from "./windows/window-rows.ts";

const pollMs = 20_000;
/** One endpoint with months of windows to judge keeps the others waiting no longer. */
const maxDelayMs = 10_000;
/** Findings that nothing new was said of end by their age. */
const settleMs = 5 * minuteMs;

interface Watched {
  id: string;
  workspaceId: string;
}

/**
 * Judges windows of time when they are over, each once, and settles what was found. Several may run: a window is judged by one at a time, and what
 * goes wrong at one endpoint keeps no other from it.
 */
export class DriftRunner {
  private readonly db: Database;
  private readonly store: Pick<ArtifactStore, "open">;
  private readonly afterChange: AfterChange;
  private readonly history = new OrdinaryHistory();
  private readonly looks = new Refresher("drift", pollMs, () => this.look());
  /** Told in the log once, until it works again. */
  private readonly failing = new Set<string>();
  private readonly settledAt = new Map<string, number>();
  private isStopping = false;

  /**
   * @param store where the samples of references are
   * @param afterChange what follows at once when a group of alerts stands differently
   */
  constructor(db: Database, store: Pick<ArtifactStore, "open">, afterChange: AfterChange) {
    this.db = db;
    this.store = store;
    this.afterChange = afterChange;
  }

  /** Nobody waits for the first look, which may judge weeks. */
  async start(): Promise<void> {
    void this.looks.start();
  }

  /** Begins no more windows; the one that is under way ends. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await this.looks.stop();
  }

  private async look(): Promise<void> {
    const now = await databaseNow(this.db);
    const endpoints = await watchedEndpoints(this.db);
    const settings = await settingsByEndpoint(
      this.db,
      endpoints.map(({ id }) => id),
    );
    for (const { id, workspaceId } of endpoints) {
      const own = settings.get(id);
      if (this.isStopping || !own) return;
      const ctx = systemContext(this.db, workspaceId, "watch-drift");
      await this.guarded(id, async () => {
        const { settledAt } = await watchEndpoint(ctx, {
          endpointId: id,
          settings: own,
          history: this.history,
          now,
          settledAt: this.settledAt.get(id),
          store: this.store,
          isStopping: () => this.isStopping,
          afterChange: this.afterChange,
        });
        this.settledAt.set(id, settledAt);
      });
    }
    await this.guarded("old windows", () => deleteOldWindows(this.db, now));
  }

  private async guarded(name: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
      this.failing.delete(name);
    } catch (cause) {
      if (!this.failing.has(name))
        log.error("drift.not_looked_at", { what: name, reason: databaseError(cause).message, cause });
      this.failing.add(name);
    }
  }
}

interface Watch {
  endpointId: string;
  settings: MonitorSettings;
  history: OrdinaryHistory;
  now: number;
  /** When its findings were settled last; never, when left out. */
  settledAt?: number | undefined;
  isStopping?: () => boolean;
  store?: Pick<ArtifactStore, "open"> | undefined;
  afterChange: AfterChange;
}

/** Judges what is due at an endpoint, and settles its findings by the newest windows. @returns how many windows were judged, and when findings were settled */
export async function watchEndpoint(ctx: Context, { settings, isStopping, afterChange, ...watch }: Watch) {
  const { endpointId, now } = watch;
  if (!settings.isOn) {
    const nothing = { endpointId, watcher: "drift" as const, findings: [], now, holdMs: 0 };
    await settleFindings(ctx, nothing, afterChange);
    return { judged: 0, settledAt: now };
  }
  const startedAt = performance.now();
  let judged = 0;
  for (const length of settings.lengths) {
    while (!isStopping?.() && performance.now() - startedAt < maxDelayMs) {
      const isJudged = await judgeDue(ctx, { ...watch, length, settings });
      if (!isJudged) break;
      judged += 1;
    }
  }
  const isDue = judged > 0 || now - (watch.settledAt ?? 0) > settleMs;
  if (isDue) await settleDrift(ctx, endpointId, now, afterChange);
  return { judged, settledAt: isDue ? now : (watch.settledAt ?? 0) };
}

async function settleDrift(ctx: Context, endpointId: string, now: number, afterChange: AfterChange): Promise<void> {
  const rollout = await newestRollout(ctx, endpointId);
  const findings = driftFindings(await alarmedWindows(ctx, endpointId, now), rollout);
  const runs = rollout?.endedAt === null ? canaryPrefix(rollout) : null;
  const over = { prefix: "canary:", unless: runs };
  await settleFindings(ctx, { endpointId, watcher: "drift", findings, now, over }, afterChange);
}

/** Endpoints that anything was counted of, and that are in use. */
async function watchedEndpoints(db: Database): Promise<Watched[]> {
  const { rows } = await db.execute(sql`
    select id, workspace_id as "workspaceId" from endpoints
    where archived_at is null and exists (select from feature_states where endpoint_id = endpoints.id)
    order by id`);
  return rows as unknown as Watched[];
}
