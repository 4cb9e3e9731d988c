import { Agent, request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

/** One row for the model y [N, 3] of x [N, 4]. */
export const quickBody = Buffer.from(
  JSON.stringify({ inputs: [{ name: "x", shape: [1, 4], datatype: "FP32", data: [0.1, 0.2, 0.3, 0.4] }] }),
);

/** One request and its end. */
export interface Call {
  /** Status of the response; 0 when the connection ended without one. */
  status: number;
  /** Time of its end, in milliseconds since 1970. */
  at: number;
  latencyMs: number;
}

interface Requested {
  url: string;
  headers: Record<string, string>;
  body: Buffer;
  /** Aborted to end. */
  signal: AbortSignal;
}

const paceMs = 2;

/** Sends requests on one keep-alive connection while the server allows it. The next request follows the response; there are no retries. */
export async function poll({ url, headers, body, signal }: Requested): Promise<Call[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const made: Call[] = [];
  while (!signal.aborted) {
    const startedAt = performance.now();
    const status = await send(agent, url, headers, body);
    made.push({ status, at: Date.now(), latencyMs: performance.now() - startedAt });
    await pause(paceMs);
  }
  agent.destroy();
  return made;
}

function send(agent: Agent, url: string, headers: Record<string, string>, body: Buffer): Promise<number> {
  return new Promise((resolve) => {
    const sent = request(url, { agent, method: "POST", headers: { ...headers, "content-length": body.length } });
    sent.once("error", () => resolve(0));
    sent.once("response", (response) => {
      response.once("error", () => resolve(0));
      response.once("end", () => resolve(response.statusCode ?? 0));
      response.resume();
    });
    sent.end(body);
  });
}
