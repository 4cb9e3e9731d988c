import type { Deployment } from "#server/serve/endpoints/contract.ts";
import type { Way } from "./evaluate-way.ts";

/**
 * Returns each version of a deployment history once, the serving one first, then by when it last served.
 * @param history newest first
 * @param now milliseconds since 1970
 */
export function waysOf(history: readonly Deployment[], now: number): Way[] {
  const ways: Way[] = [];
  history.forEach((deployment, index) => {
    const until = history[index - 1]?.deployedAt.getTime() ?? now;
    const at = deployment.deployedAt.getTime();
    const known = ways.find((way) => way.deployment?.versionId === deployment.versionId);
    if (!known) {
      const { modelName: model, version } = deployment;
      const served = { since: at, lastUsedAt: until, servedMs: until - at };
      ways.push({ model, version, deployment, ...served, quietMs: 0, record: null });
      return;
    }
    known.servedMs += until - at;
    // A version that is deployed again while it serves goes on serving.
    if (known.since === until) known.since = at;
  });
  return ways;
}
