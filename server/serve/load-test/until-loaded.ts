import { setTimeout as pause } from "node:timers/promises";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { liveGateways } from "../endpoints/endpoint-queries.ts";

const timeoutMs = 180_000;
const pollMs = 500;

/**
 * Waits until every gateway has loaded a version for its load test.
 * @throws DomainError "conflict" with what a gateway says, or that none has done so within three minutes
 */
export async function untilLoaded(
  ctx: Context,
  { endpointId, versionId }: { endpointId: string; versionId: string },
  signal: AbortSignal,
): Promise<void> {
  const giveUpAt = Date.now() + timeoutMs;
  for (; Date.now() < giveUpAt && !signal.aborted; await pause(pollMs, undefined, { signal }).catch(() => {})) {
    const gateways = (await liveGateways(ctx)).filter(({ isDraining }) => !isDraining);
    const states = gateways.map(({ versions }) =>
      versions.find((loaded) => loaded.endpointId === endpointId && loaded.versionId === versionId),
    );
    const failed = states.find((loaded) => loaded?.state === "failed");
    if (failed)
      throw new DomainError(
        "conflict",
        `A gateway failed to load the version: ${failed.message ?? "no reason reported"}.`,
      );
    if (states.length > 0 && states.every((loaded) => loaded?.state === "ready")) return;
  }
  if (signal.aborted) return;
  throw new DomainError("conflict", "No gateway is running, or none loaded the version within three minutes.");
}
