import { setTimeout as pause } from "node:timers/promises";
import { GrpcError, grpcCodes } from "./status.ts";

/** Time that a message waits for memory that others hold. */
const waitMs = 30_000;

/** Bytes that each call may hold beside the budget, so that small calls go on while large ones wait. */
const freeBytes = 64 * 2 ** 10;

/** Bytes that one call holds of a budget. */
interface HeldBytes {
  /**
   * Takes more for a tenant, waiting while others hold too much.
   * @throws GrpcError "unavailable" after 30 s; "cancelled" once all was given back
   */
  take(bytes: number, tenant: string): Promise<void>;
  /** Gives back all, for good. */
  release(): void;
}

/**
 * Memory that all calls together may use for what clients send, with a share that one tenant may use. A message waits outside, in the
 * connection, until there is room for it, so that many large tables at once do not use up the memory of the process.
 */
export class ByteBudget {
  private readonly maxBytes: number;
  private readonly maxTenantBytes: number;
  private heldBytes = 0;
  private readonly heldByTenant = new Map<string, number>();
  private readonly waiting = new Set<() => void>();

  constructor(maxBytes: number, maxTenantBytes: number) {
    this.maxBytes = maxBytes;
    this.maxTenantBytes = maxTenantBytes;
  }

  /** Bytes that are held at the moment. */
  get held(): number {
    return this.heldBytes;
  }

  hold(): HeldBytes {
    const held: { tenant: string; bytes: number }[] = [];
    let free = freeBytes;
    let isReleased = false;
    // A call may read on after its deadline, when nothing would be given back any more.
    const refuseReleased = () => {
      if (isReleased) throw new GrpcError(grpcCodes.cancelled, "The call has ended.");
    };
    return {
      take: async (bytes, tenant) => {
        refuseReleased();
        if (bytes <= free) {
          free -= bytes;
          return;
        }
        await this.room(bytes, tenant, () => isReleased);
        refuseReleased();
        this.change(tenant, bytes);
        held.push({ tenant, bytes });
      },
      release: () => {
        isReleased = true;
        for (const { tenant, bytes } of held.splice(0)) this.change(tenant, -bytes);
        for (const wake of this.waiting) wake();
      },
    };
  }

  private heldOf(tenant: string): number {
    return this.heldByTenant.get(tenant) ?? 0;
  }

  private change(tenant: string, bytes: number): void {
    this.heldBytes += bytes;
    const held = this.heldOf(tenant) + bytes;
    if (held === 0) this.heldByTenant.delete(tenant);
    else this.heldByTenant.set(tenant, held);
  }

  private async room(bytes: number, tenant: string, isOver: () => boolean): Promise<void> {
    const giveUpAt = performance.now() + waitMs;
    const isFull = () => this.heldBytes + bytes > this.maxBytes || this.heldOf(tenant) + bytes > this.maxTenantBytes;
    while (!isOver() && isFull()) {
      const left = giveUpAt - performance.now();
      if (left <= 0) {
        throw new GrpcError(grpcCodes.unavailable, "Leeway is receiving too many large tables. Try again in a moment.");
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      this.waiting.add(resolve);
      const stop = new AbortController();
      await Promise.race([promise, pause(left, undefined, { signal: stop.signal, ref: false }).catch(() => {})]);
      stop.abort();
      this.waiting.delete(resolve);
    }
  }
}
