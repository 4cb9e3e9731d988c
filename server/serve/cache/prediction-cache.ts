import type { PoolResult } from "../pool/waiting-request.ts";
import type { CacheSettings } from "./contract.ts";
import { ResponseCache } from "./response-cache.ts";
import { type Caller, SharedRuns } from "./shared-runs.ts";

/** Cache directive of the caller: no-cache runs the model in any case; no-store does not store the prediction either. */
export type CacheInput = "any" | "no-cache" | "no-store";

/** Source of a prediction: the model, the cache, or another caller's run of the same request. */
export type PredictionSource = "model" | "cache" | "coalesced";

export interface CacheResult {
  result: PoolResult;
  source: PredictionSource;
  /** Seconds since the model gave it; 0 for a new one. */
  ageSeconds: number;
}

interface CacheRequest {
  endpointId: string;
  settings: CacheSettings;
  cacheMode: CacheInput;
  caller: Caller;
  /** Computed only on demand. */
  key(): string;
  run(isUnwanted: () => boolean): Promise<PoolResult>;
  /** Called when the request waits for the run of an identical one, which may fail. */
  onShared(): void;
}

const instant = { queueMs: 0, inputMs: 0, runMs: 0, outputMs: 0 };

/** Outputs of every endpoint of this process: cached ones, and those being computed. */
export class PredictionCache {
  private readonly caches = new Map<string, ResponseCache>();
  private readonly shared = new SharedRuns<PoolResult>();

  /** Returns a cached prediction, the result of a run in progress, or of a new one, as the settings allow. Failures are never cached. */
  resolve(request: CacheRequest): Promise<CacheResult> {
    const { ttlSeconds, coalesces } = request.settings;
    const keeps = ttlSeconds !== null && request.cacheMode !== "no-store";
    if (keeps || (coalesces && request.cacheMode === "any")) return this.share(request, keeps);
    return request.run(request.caller.isGone).then(fresh);
  }

  private async share(request: CacheRequest, keeps: boolean): Promise<CacheResult> {
    const { settings, cacheMode, caller, run } = request;
    const { ttlSeconds, maxBytes, coalesces } = settings;
    const mayReuse = cacheMode === "any";
    const key = request.key();
    const cache = keeps ? this.cacheOf(request.endpointId) : undefined;
    const kept = mayReuse && ttlSeconds !== null ? cache?.get(key, ttlSeconds) : undefined;
    if (kept) return { result: { ...instant, tensors: kept.tensors }, source: "cache", ageSeconds: kept.ageSeconds };
    const runAndKeep = async (isUnwanted: () => boolean) => {
      const result = await run(isUnwanted);
      cache?.set(key, result.tensors, maxBytes);
      return result;
    };
    if (!coalesces || !mayReuse) return fresh(await runAndKeep(caller.isGone));
    const { isShared, result } = await this.shared.join(
      `${request.endpointId} ${key}`,
      caller,
      runAndKeep,
      request.onShared,
    );
    return isShared ? { result: { ...result, ...instant }, source: "coalesced", ageSeconds: 0 } : fresh(result);
  }

  /** Returns the number of bytes cached for an endpoint. */
  bytesOf(endpointId: string): number {
    return this.caches.get(endpointId)?.bytes ?? 0;
  }

  /** Evicts everything that the endpoints' settings no longer allow, and the caches of removed endpoints. */
  keepOnly(settings: ReadonlyMap<string, CacheSettings>): void {
    for (const [endpointId, cache] of this.caches) {
      const own = settings.get(endpointId);
      if (!own || own.ttlSeconds === null) this.caches.delete(endpointId);
      else cache.shrink(own.maxBytes);
    }
  }

  private cacheOf(endpointId: string): ResponseCache {
    const cache = this.caches.get(endpointId) ?? new ResponseCache();
    this.caches.set(endpointId, cache);
    return cache;
  }
}

function fresh(result: PoolResult): CacheResult {
  return { result, source: "model", ageSeconds: 0 };
}
