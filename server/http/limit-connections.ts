import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import { log } from "#server/base/log.ts";

const logIntervalMs = 60_000;

/** Closes new connections from an address that already has `max` open ones, so that one machine cannot use up all descriptors. */
export function limitConnections(app: FastifyInstance, max: number): void {
  const open = new Map<string, number>();
  let refused = 0;
  let loggedAt = Number.NEGATIVE_INFINITY;
  app.server.on("connection", (socket: Socket) => {
    const { remoteAddress } = socket;
    if (remoteAddress === undefined) return;
    const count = open.get(remoteAddress) ?? 0;
    if (count >= max) {
      socket.destroy();
      refused += 1;
      if (performance.now() - loggedAt < logIntervalMs) return;
      log.warn("connections.refused", { address: remoteAddress, refused, max });
      [refused, loggedAt] = [0, performance.now()];
      return;
    }
    open.set(remoteAddress, count + 1);
    socket.once("close", () => {
      const left = (open.get(remoteAddress) ?? 1) - 1;
      if (left > 0) open.set(remoteAddress, left);
      else open.delete(remoteAddress);
    });
  });
}
