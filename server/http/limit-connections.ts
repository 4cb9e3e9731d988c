import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import { log } from "#server/base/log.ts";
import { RepeatedEvent } from "#server/base/repeated-event.ts";
import { networkOf } from "#server/platform/network/network-of.ts";

/**
 * Closes new connections from an address that already has `max` open ones, so that one machine cannot use up all descriptors. With IPv6 a
 * network of 64 bits counts as one address: its owner has all of them.
 */
export function limitConnections(app: FastifyInstance, max: number): void {
  const open = new Map<string, number>();
  const rejected = new RepeatedEvent<{ client: string }>(({ client, count, seconds }) =>
    log.warn("connections.rejected", { client, rejected: count, seconds, max }),
  );
  app.addHook("onClose", async () => rejected.flush());
  app.server.on("connection", (socket: Socket) => {
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
