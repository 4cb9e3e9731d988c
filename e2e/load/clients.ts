import { Agent, request } from "node:http";

export interface LoadOptions {
  url: string;
  headers: Record<string, string>;
  body: Buffer;
  clients: number;
  seconds: number;
}

export interface LoadResult {
  requests: number;
  failures: number;
  requestsPerSecond: number;
  /** Latency of each request, in the order of completion. */
  latenciesMs: number[];
}

/** Saturates a server: each client sends its next request once it has the response to the previous one. */
export async function saturate(options: LoadOptions): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: options.clients });
  const startedAt = performance.now();
  const endsAt = startedAt + options.seconds * 1000;
  const latenciesMs: number[] = [];
  let failures = 0;
  const client = async () => {
    while (performance.now() < endsAt) {
      const sentAt = performance.now();
      const status = await post(agent, options).catch(() => 0);
      if (status !== 200) failures += 1;
      latenciesMs.push(performance.now() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: options.clients }, client));
  agent.destroy();
  const requestsPerSecond = (latenciesMs.length * 1000) / (performance.now() - startedAt);
  return { requests: latenciesMs.length, failures, requestsPerSecond, latenciesMs };
}

function post(agent: Agent, { url, headers, body }: LoadOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, method: "POST", headers: { ...headers, "content-length": body.length } });
    sent.once("error", reject);
    sent.once("response", (response) => {
      response.once("error", reject);
      response.once("end", () => resolve(response.statusCode ?? 0));
      response.resume();
    });
    sent.end(body);
  });
}
