import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A message as it arrived, at one of the two addresses. */
interface Arrived {
  channel: string;
  /** Milliseconds since 1970. */
  at: number;
}

export interface Pager {
  /** Address of a channel. */
  urlOf(channel: string): string;
  arrived: readonly Arrived[];
  close(): void;
}

/** Starts a receiver of webhooks with an address for each channel, which accepts everything. */
export async function openPager(): Promise<Pager> {
  const arrived: Arrived[] = [];
  const server = createServer((request, response) => {
    request.resume().once("end", () => {
      arrived.push({ channel: (request.url ?? "").slice(1), at: Date.now() });
      response.end();
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    urlOf: (channel) => `http://127.0.0.1:${port}/${channel}`,
    arrived,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
