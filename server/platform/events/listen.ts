import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { backOff } from "#server/base/back-off.ts";
import { log } from "#server/base/log.ts";
import { type ChangeEvent, eventChannel } from "./publish.ts";

/** Committed change; "missed" when some may have been lost, so that everything must be read again. */
export type ChangeMessage = ChangeEvent | "missed";

export interface EventFeed {
  /** @returns a function that ends the subscription. */
  subscribe(listener: (message: ChangeMessage) => void): () => void;
  /** Resolves once the first LISTEN is active. */
  ready: Promise<void>;
  /** Milliseconds since the connection last worked, or since the start. */
  silentMs(): number;
  close(): Promise<void>;
}

const heartbeatMs = 5_000;
const reconnectMs = { first: 100, longest: 5_000 };

/**
 * Listens for changes on a dedicated connection, which is reopened whenever it is lost.
 * Every heartbeat sends itself a notification: when it does not come back within the next one (a server that hangs, or a
 * pooler that does not forward notifications), listeners receive "missed", so that they fall back to polling at that interval.
 */
export function listen(databaseUrl: string, name: string): EventFeed {
  const listeners = new Set<(message: ChangeMessage) => void>();
  const echoChannel = `leeway_echo_${randomUUID().replaceAll("-", "")}`;
  const closed = new AbortController();
  const firstReady = Promise.withResolvers<void>();
  let client: pg.Client | undefined;
  let workedAt = performance.now();

  const emit = (message: ChangeMessage) => {
    for (const listener of listeners) listener(message);
  };

  async function hold(): Promise<void> {
    client = new pg.Client({
      connectionString: databaseUrl,
      application_name: `${name}-events`,
      connectionTimeoutMillis: heartbeatMs,
      query_timeout: heartbeatMs,
      keepAlive: true,
    });
    const lost = new Promise<never>((_, reject) => {
      client?.on("error", reject);
      client?.once("end", () => reject(new Error("The connection was closed.")));
    });
    lost.catch(() => {});
    let echoed = true;
    client.on("notification", ({ channel, payload }) => {
      if (channel === echoChannel) echoed = true;
      else emit(read(payload));
    });
    try {
      await Promise.race([client.connect(), lost]);
      await client.query(`listen ${eventChannel}; listen ${echoChannel}`);
      firstReady.resolve();
      emit("missed");
      while (!closed.signal.aborted) {
        if (!echoed) emit("missed");
        echoed = false;
        await client.query("select pg_notify($1, '')", [echoChannel]);
        workedAt = performance.now();
        await Promise.race([pause(heartbeatMs, undefined, { signal: closed.signal }).catch(() => {}), lost]);
      }
    } finally {
      // A hanging server never responds to the termination.
      await Promise.race([client.end().catch(() => {}), pause(500)]);
    }
  }

  async function keep(): Promise<void> {
    let failures = 0;
    while (!closed.signal.aborted) {
      const since = performance.now();
      await hold().catch((cause: Error) => {
        if (!closed.signal.aborted) log.warn("events.disconnected", { reason: cause.message });
      });
      failures = performance.now() - since > reconnectMs.longest * 2 ? 0 : failures + 1;
      await pause(backOff(failures + 1, reconnectMs), undefined, { signal: closed.signal }).catch(() => {});
    }
  }

  const kept = keep();
  return {
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ready: firstReady.promise,
    silentMs: () => performance.now() - workedAt,
    close: async () => {
      closed.abort();
      await kept;
    },
  };
}

// The channel is open to every program on the database; foreign messages count as "something changed".
function read(payload = ""): ChangeMessage {
  try {
    return JSON.parse(payload) as ChangeEvent;
  } catch {
    return "missed";
  }
}
