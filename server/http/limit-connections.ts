import type { Socket } from "node:net";
import { log } from "#server/base/log.ts";
import { RepeatedEvent } from "#server/base/repeated-event.ts";
import { networkOf } from "#server/platform/network/network-of.ts";

/** A server of Node, of HTTP or HTTP/2. */
interface Listener {
  on(event: "connection", accept: (socket: Socket) => void): unknown;
  once(event: "close", end: () => void): unknown;
}

/**
 * Closes new connections from an address that already has `max` open ones, so that one machine cannot use up all descriptors. With IPv6 a
 * network of 64 bits counts as one address: its owner has all of them.
 */
export function limitConnections(server: Listener, max: number): void {
  const open = new Map<string, number>();
  const rejected = new RepeatedEvent<{ client: string }>(({ client, count, seconds }) =>
    log.warn("connections.rejected", { client, rejected: count, seconds, max }),
  );
  server.once("close", () => rejected.flush());
  server.on("connection", (socket: Socket) => {
    if (socket.remoteAddress === undefined) return;
    const client = networkOf(socket.remoteAddress);
    const count = open.get(client) ?? 0;
    if (count >= max) {
      socket.destroy();
      rejected.occur({ client });
      return;
    }
    open.set(client, count + 1);
    socket.once("close", () => {
      const left = (open.get(client) ?? 1) - 1;
      if (left > 0) open.set(client, left);
      else open.delete(client);
    });
  });
}
