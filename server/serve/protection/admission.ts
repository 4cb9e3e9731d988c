import { DomainError } from "#server/base/errors.ts";
import type { Protection } from "./contract.ts";
import { type Bucket, consumeToken } from "./token-bucket.ts";

type Limits = Pick<Protection, "requestsPerSecond" | "burst" | "concurrentRequests">;

/** Usage of one token at one endpoint. */
interface Usage {
  running: number;
  bucket: Bucket | undefined;
  usedAt: number;
}

const maxUsages = 20_000;
const expiresAfterMs = 600_000;

/** Counts each token's requests in flight and their rate, in this process. */
export class Admission {
  private readonly usages = new Map<string, Usage>();
  private readonly now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.now = now;
  }

  /**
   * Admits one request of a token.
   * @returns a callback for the end of the request, which may be called repeatedly; undefined if nothing is limited.
   * @throws DomainError "rate-limited" with the seconds after which to retry
   */
  admit(tokenId: string, endpointId: string, limits: Limits): (() => void) | undefined {
    const { requestsPerSecond, concurrentRequests } = limits;
    if (requestsPerSecond === null && concurrentRequests === null) return undefined;
    const usage = this.usageOf(`${tokenId} ${endpointId}`);
    if (concurrentRequests !== null && usage.running >= concurrentRequests) {
      const message = `This token has reached its limit of concurrent requests (${usage.running}). Wait for one to finish.`;
      throw new DomainError("rate-limited", message, { retryAfterSeconds: 1 });
    }
    if (requestsPerSecond !== null) this.take(usage, requestsPerSecond, limits.burst);
    usage.running += 1;
    let isOverLimit = false;
    return () => {
      if (!isOverLimit) usage.running -= 1;
      isOverLimit = true;
    };
  }

  private take(usage: Usage, perSecond: number, burst: number | null): void {
    const rate = { perSecond, burst: burst ?? Math.max(1, Math.ceil(perSecond)) };
    const { bucket, waitSeconds } = consumeToken(usage.bucket, rate, this.now());
    usage.bucket = bucket;
    if (waitSeconds === 0) return;
    const message = `Rate limit exceeded: this token is limited to ${perSecond} requests/s.`;
    throw new DomainError("rate-limited", message, { retryAfterSeconds: waitSeconds });
  }

  private usageOf(key: string): Usage {
    const now = this.now();
    if (this.usages.size >= maxUsages) this.deleteExpired(now);
    const usage = this.usages.get(key) ?? { running: 0, bucket: undefined, usedAt: now };
    usage.usedAt = now;
    this.usages.set(key, usage);
    return usage;
  }

  /** Deletes usages idle for ten minutes. A slow bucket may need longer to fill; its token then gets its burst early. */
  private deleteExpired(now: number): void {
    for (const [key, { running, usedAt }] of this.usages) {
      if (running === 0 && now - usedAt > expiresAfterMs) this.usages.delete(key);
    }
  }
}
