import type { PoolResult } from "../pool/waiting-request.ts";
import type { CacheSettings } from "./contract.ts";
import { ResponseCache } from "./response-cache.ts";
import { type Caller, SharedRuns } from "./shared-runs.ts";

/** What a caller wants of the cache: no-cache runs the model in any case; no-store keeps nothing of the answer either. */
export type CacheInput = "any" | "no-cache" | "no-store";

/** Where an answer came from: the model, an answer that was kept, or somebody else's run of the same request. */
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
  /** Made only when it is needed. */
  key(): string;
  run(isUnwanted: () => boolean): Promise<PoolResult>;
  /** Hears that the run of an identical request is waited for, which may fail. */
  onShared(): void;
}

const instant = { queueMs: 0, inputMs: 0, runMs: 0, outputMs: 0 };

/** Answers of every endpoint of this process: kept ones, and those that are being made. */
export class PredictionCache {
  private readonly caches = new Map<string, ResponseCache>();
  private readonly shared = new SharedRuns<PoolResult>();

  /** Answers by what is kept, by a run that is under way, or by a new one, as the settings and the caller allow. A failure is never kept. */
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

  /** Bytes kept for an endpoint. */
  bytesOf(endpointId: string): number {
    return this.caches.get(endpointId)?.bytes ?? 0;
  }

  /** Lets go of what the settings of the endpoints no longer allow, and of endpoints that are gone. */
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
