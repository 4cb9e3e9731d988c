import type { Context } from "#server/base/context.ts";
import { dayMs, minuteMs } from "#server/base/durations.ts";
import { readCascade } from "#server/serve/cascade/cascade-queries.ts";
import type { Deployment } from "#server/serve/endpoints/contract.ts";
import { deploymentHistory } from "#server/serve/endpoints/deployment-rows.ts";
import type { StoredSlo } from "#server/watch/objectives/stored-slos.ts";
import { readSeriesByVersion } from "#server/watch/slo/rollup/read-series.ts";

const historyLength = 50;

/** A version that could serve again. */
export interface Way {
  model: string;
  version: number;
  deployment: Deployment | undefined;
  /** Time at which it last served, and its total serving time; null where it never served. */
  lastUsedAt: number | null;
  servedMs: number;
  /** Bad and total events of its last day; null where nothing was counted. */
  record: { bad: number; total: number } | null;
}

export interface WaysBack {
  /** Since when what serves now does. */
  currentSince: number | null;
  /** Version that served before. */
  previous: Way | undefined;
  /** Another one than that: the next step of the cascade, or the version that served longest. */
  fallback: (Way & { isCascade: boolean }) | undefined;
}

/** Reads the versions that an endpoint could roll back to, from its deployment history. */
export async function readWaysBack(ctx: Context, endpointId: string, slo: StoredSlo | undefined): Promise<WaysBack> {
  const history = await deploymentHistory(ctx, endpointId, historyLength);
  const cascade = await readCascade(ctx, endpointId);
  const ways = waysOf(history);
  const [current, ...others] = ways;
  const previous = others[0] && (await withRecord(ctx, others[0], slo));
  const step = cascade.next.find(({ model, version }) => model !== current?.model || version !== current?.version);
  const known = step && ways.find(({ model, version }) => model === step.model && version === step.version);
  const longest = others.slice(1).toSorted((a, b) => b.servedMs - a.servedMs)[0];
  const fallback = step
    ? {
        ...(known ?? {
          model: step.model,
          version: step.version,
          deployment: undefined,
          lastUsedAt: null,
          servedMs: 0,
          record: null,
        }),
        isCascade: true,
      }
    : longest && { ...(await withRecord(ctx, longest, slo)), isCascade: false };
  const served = history.findIndex(({ versionId }) => versionId !== history[0]?.versionId);
  const since = history[(served < 0 ? history.length : served) - 1]?.deployedAt.getTime() ?? null;
  return { currentSince: since, previous, fallback };
}

/** Returns each version of a history once, the serving one first, then by when it last served. */
function waysOf(history: readonly Deployment[], now = Date.now()): Way[] {
  const ways: Way[] = [];
  history.forEach((deployment, index) => {
    const until = history[index - 1]?.deployedAt.getTime() ?? now;
    const servedMs = until - deployment.deployedAt.getTime();
    const known = ways.find((way) => way.deployment?.versionId === deployment.versionId);
    if (known) known.servedMs += servedMs;
    else {
      const { modelName: model, version } = deployment;
      ways.push({ model, version, deployment, lastUsedAt: until, servedMs, record: null });
    }
  });
  return ways;
}

async function withRecord(ctx: Context, way: Way, slo: StoredSlo | undefined): Promise<Way> {
  const versionId = way.deployment?.versionId;
  if (!slo?.seriesId || !versionId || way.lastUsedAt === null) return way;
  const to = Math.ceil(way.lastUsedAt / minuteMs) * minuteMs;
  const counts = (await readSeriesByVersion(ctx, slo.seriesId, { from: to - dayMs, to })).get(versionId);
  if (!counts) return way;
  const total = counts.total.reduce((sum, each) => sum + each, 0);
  const good = counts.good.reduce((sum, each) => sum + each, 0);
  return total > 0 ? { ...way, record: { bad: Math.round(total - good), total: Math.round(total) } } : way;
}
