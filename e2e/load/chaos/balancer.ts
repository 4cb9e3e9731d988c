import { connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

export interface Balancer {
  url: string;
  /** Balances over these addresses from now on. */
  turnTo(urls: readonly string[]): void;
  close(): Promise<void>;
}

const checkMs = 250;

/**
 * Starts a minimal TCP load balancer: checks /health/ready of each server every quarter of a second, gives each
 * new connection to the next one that was ready, and tries another if the connection is rejected. It never sends a request twice.
 */
export async function startBalancer(urls: readonly string[]): Promise<Balancer> {
  let all = [...urls];
  let ready = [...urls];
  let next = 0;
  const stop = new AbortController();
  const sockets = new Set<Socket>();
  const check = async () => {
    while (!stop.signal.aborted) {
      const found = await Promise.all(all.map(async (url) => ((await isReady(url)) ? [url] : [])));
      ready = found.flat();
      await pause(checkMs, undefined, { signal: stop.signal }).catch(() => {});
    }
  };
  const server: Server = createServer({ allowHalfOpen: true, noDelay: true }, async (client) => {
    keep(sockets, client);
    for (let tries = 0; tries < 2 * all.length; tries += 1) {
      const url = ready[next++ % Math.max(1, ready.length)];
      const upstream = url && (await connected(url));
      if (!upstream) continue;
      keep(sockets, upstream);
      client.pipe(upstream).pipe(client);
      return;
    }
    client.destroy();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const checking = check();
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    turnTo: (urls) => {
      all = [...urls];
    },
    close: async () => {
      stop.abort();
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
      await checking;
    },
  };
}

function keep(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket);
  socket.on("error", () => socket.destroy());
  socket.on("close", () => sockets.delete(socket));
}

function connected(url: string): Promise<Socket | undefined> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true, noDelay: true });
    socket.once("connect", () => resolve(socket));
    socket.once("error", () => resolve(undefined));
  });
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(1_000), headers: { connection: "close" } }).then(
    async (response) => {
      await response.arrayBuffer();
      return response.ok;
    },
    () => false,
  );
}
