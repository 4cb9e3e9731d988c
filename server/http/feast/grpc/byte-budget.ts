import { setTimeout as pause } from "node:timers/promises";
import { GrpcError, grpcCodes } from "./status.ts";

/** Time that a message waits for memory that others hold. */
const waitMs = 30_000;

/** Bytes that one call holds of a budget. */
export interface HeldBytes {
  /** Takes more, waiting while others hold too much. @throws GrpcError "unavailable" after 30 s */
  take(bytes: number): Promise<void>;
  /** Gives back all. */
  release(): void;
}

/**
 * Memory that all calls together may use for what clients send. A message waits outside, in the connection, until there is room for it, so
 * that many large tables at once do not use up the memory of the process.
 */
export class ByteBudget {
  private readonly maxBytes: number;
  private heldBytes = 0;
  private readonly waiting = new Set<() => void>();

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** Bytes that are held at the moment. */
  get held(): number {
    return this.heldBytes;
  }

  hold(): HeldBytes {
    let held = 0;
    return {
      take: async (bytes) => {
        await this.room(bytes);
        this.heldBytes += bytes;
        held += bytes;
      },
      release: () => {
        this.heldBytes -= held;
        held = 0;
        for (const wake of this.waiting) wake();
      },
    };
  }

  private async room(bytes: number): Promise<void> {
    const giveUpAt = performance.now() + waitMs;
    while (this.heldBytes + bytes > this.maxBytes) {
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
