import { Agent, request } from "node:http";

/** A keep-alive client, the same for every server. */
export interface Client {
  /** Sends one request. @param body JSON, serialised before the measurement. @returns the response text. @throws Error unless it is 200. */
  send(method: string, path: string, body?: string): Promise<string>;
  close(): void;
}

/** Opens a client. @param url without a path. */
export function openClient(url: string, headers: Record<string, string> = {}): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const { hostname, port } = new URL(url);
  const send = (method: string, path: string, body = ""): Promise<string> =>
    new Promise((resolve, reject) => {
      const payload = Buffer.from(body);
      const type = payload.length > 0 ? { "content-type": "application/json", "content-length": payload.length } : {};
      const sent = request({ hostname, port, path, method, agent, headers: { ...headers, ...type } }, (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.once("error", reject);
        response.once("end", () => {
          const text = Buffer.concat(parts).toString();
          if (response.statusCode === 200) resolve(text);
          else reject(new Error(`${method} ${path}: ${response.statusCode} ${text.slice(0, 500)}`));
        });
      });
      // A server may close an idle connection just as it is reused.
      sent.once("error", (error) => (sent.reusedSocket ? resolve(send(method, path, body)) : reject(error)));
      sent.end(payload);
    });
  return { send, close: () => agent.destroy() };
}

/** Sends one call to MLflow's API. */
export async function mlflowCall<Result>(client: Client, path: string, body: object): Promise<Result> {
  return JSON.parse(await client.send("POST", `/api/2.0/mlflow/${path}`, JSON.stringify(body))) as Result;
}

/** Returns the milliseconds that each of `count` sequential runs of `work` took. */
export async function timed(count: number, work: (index: number) => Promise<unknown>): Promise<number[]> {
  const latenciesMs: number[] = [];
  for (let index = 0; index < count; index++) {
    const startedAt = performance.now();
    await work(index);
    latenciesMs.push(performance.now() - startedAt);
  }
  return latenciesMs;
}

/** Runs the given number of concurrent clients, each with its number. @returns seconds until all are done. */
export async function together(clients: number, work: (client: number) => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: clients }, (_, client) => work(client)));
  return (performance.now() - startedAt) / 1000;
}

/** Returns the value below which a share of the values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
}
