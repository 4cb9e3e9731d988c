import { Agent, request } from "undici";

/** A request of a mixed load. */
interface Ask {
  url: string;
  headers: Record<string, string>;
  body: Buffer | string;
}

/** One kind of requests within a mixed load. */
export interface Kind {
  name: string;
  /** Milliseconds between two rounds, whatever the server does. */
  everyMs: number;
  /** Number of requests sent simultaneously in each round, each on its own connection; 1 by default. */
  burst?: number;
  /** Expected status of every response. */
  status: number;
  /** Milliseconds after which the client closes the connection, whatever has come; it waits when left out. */
  abortAfterMs?: number;
  /** @param number of the request within its kind, from 0 on */
  request(number: number): Ask;
}

/** Outcomes of the requests of one kind. */
export interface KindCount {
  sent: number;
  /** Number of unexpected responses, by status; 0 is no response. */
  wrong: Map<number, number>;
  /** Left out because too many were on their way. */
  skipped: number;
}

/** A server that has stopped answering must not fill the memory of its client. */
const maxInFlight = 64;

/**
 * Sends every kind of request at its rate until the signal aborts.
 * @param speed factor for all rates; 1 leaves them unchanged
 * @returns counts by name, once all have responses
 */
export async function openLoop(
  kinds: readonly Kind[],
  signal: AbortSignal,
  speed = 1,
): Promise<Map<string, KindCount>> {
  const counts = await Promise.all(kinds.map((kind) => sendKind(kind, signal, speed)));
  return new Map(kinds.map(({ name }, index) => [name, counts[index] as KindCount]));
}

async function sendKind(kind: Kind, signal: AbortSignal, speed: number): Promise<KindCount> {
  const { everyMs, burst = 1 } = kind;
  const agent = new Agent({ connections: Math.max(burst, 4) });
  const count: KindCount = { sent: 0, wrong: new Map(), skipped: 0 };
  const running = new Set<Promise<void>>();
  const send = () => {
    if (running.size >= maxInFlight) {
      count.skipped += 1;
      return;
    }
    const work = statusOf(agent, kind, count.sent++).then((status) => {
      running.delete(work);
      if (status !== undefined && status !== kind.status) count.wrong.set(status, (count.wrong.get(status) ?? 0) + 1);
    });
    running.add(work);
  };
  const timer = setInterval(() => {
    for (let index = 0; index < burst; index += 1) send();
  }, everyMs / speed);
  await new Promise((done) => signal.addEventListener("abort", done, { once: true }));
  clearInterval(timer);
  await Promise.all(running);
  await agent.close();
  return count;
}

/** Returns the status: 0 without a response, undefined if the client disconnected. */
async function statusOf(agent: Agent, kind: Kind, number: number): Promise<number | undefined> {
  const { url, headers, body } = kind.request(number);
  const { abortAfterMs } = kind;
  try {
    const signal = abortAfterMs === undefined ? undefined : AbortSignal.timeout(abortAfterMs);
    const response = await request(url, {
      method: "POST",
      headers,
      body,
      dispatcher: agent,
      ...(signal && { signal }),
    });
    await response.body.dump();
    return response.statusCode;
  } catch {
    return abortAfterMs === undefined ? 0 : undefined;
  }
}
