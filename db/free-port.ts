import { randomInt } from "node:crypto";
import { createServer } from "node:net";

// Below the ephemeral ports of outgoing connections (Linux from 32,768, others from 49,152): any connection can take
// one of those between the moment a port is found and its use, or while a server restarts.
const [lowest, highest] = [10_000, 32_767];
const maxAttempts = 100;

/** Finds a port of the loopback address on which nothing listens. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const port = randomInt(lowest, highest + 1);
    if (await isFree(port)) return port;
  }
  throw new Error(`No free port was found between ${lowest} and ${highest}.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}
