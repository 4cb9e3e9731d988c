import { setTimeout as pause } from "node:timers/promises";
import type { DemoTarget } from "#server/roles/demo/client.ts";
import { gameDayHeader } from "#server/serve/faults/contract.ts";

/** A request and what its client saw. Times in milliseconds since 1970. */
export interface Sent {
  endpoint: string;
  sentAt: number;
  receivedAt: number;
  /** 0 where the connection failed twice. */
  status: number;
  /** Name of the game day that affected it, by the header of its response. */
  gameDay: string | null;
  /** Whether its connection failed, so that it was sent again, as clients do. */
  isRetried: boolean;
}

/** Sends requests to endpoints at a fixed rate, whatever comes back, and keeps what came back. */
export class Traffic {
  readonly sent: Sent[] = [];
  private readonly target: DemoTarget;
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly running = new Set<Promise<void>>();

  constructor(target: DemoTarget) {
    this.target = target;
  }

  /**
   * Sends the bodies in turn to an endpoint, until the returned function is called.
   * @param asksFor name of the game day that the requests ask to be affected by
   */
  start(endpoint: string, bodies: readonly string[], ratePerSecond: number, asksFor?: string): () => void {
    let turn = 0;
    const timer = setInterval(() => {
      const body = bodies[turn++ % bodies.length] ?? "";
      const work = this.request(endpoint, body, asksFor).finally(() => this.running.delete(work));
      this.running.add(work);
    }, 1000 / ratePerSecond);
    this.timers.push(timer);
    return () => clearInterval(timer);
  }

  async stop(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await Promise.all(this.running);
  }

  /** Requests that a game day affected, oldest response first. */
  marked(gameDay: string): Sent[] {
    return this.sent.filter((each) => each.gameDay === gameDay);
  }

  /** Requests that were sent within a span, without those to an endpoint. */
  beside(endpoint: string, from: number, to: number): Sent[] {
    return this.sent.filter((each) => each.endpoint !== endpoint && each.sentAt >= from && each.sentAt <= to);
  }

  private async request(endpoint: string, body: string, asksFor: string | undefined): Promise<void> {
    const sentAt = Date.now();
    let response = await this.send(endpoint, body, asksFor);
    const isRetried = response === undefined;
    if (isRetried) {
      await pause(100);
      response = await this.send(endpoint, body, asksFor);
    }
    const seen = { status: response?.status ?? 0, gameDay: response?.headers.get(gameDayHeader) ?? null };
    this.sent.push({ endpoint, sentAt, receivedAt: Date.now(), isRetried, ...seen });
  }

  private async send(endpoint: string, body: string, asksFor: string | undefined): Promise<Response | undefined> {
    const { gatewayUrl, token } = this.target;
    try {
      const response = await fetch(`${gatewayUrl}/v2/models/${endpoint}/infer`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${token}`,
          "content-type": "application/json",
          ...(asksFor !== undefined && { [gameDayHeader]: asksFor }),
        },
        body,
        signal: AbortSignal.timeout(30_000),
      });
      await response.arrayBuffer();
      return response;
    } catch {
      return undefined;
    }
  }
}

/** Whether a client got no prediction for a reason that is not its own. */
export function hasFailed({ status }: Sent): boolean {
  return status === 0 || status >= 500;
}
