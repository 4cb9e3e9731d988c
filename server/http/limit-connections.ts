import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import { log } from "#server/base/log.ts";
import { RepeatedEvent } from "#server/base/repeated-event.ts";

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

/** Returns an IPv4 address as it is, also one written as IPv6, and of an IPv6 address its first 64 bits. */
export function networkOf(address: string): string {
  if (!address.includes(":") || address.includes(".")) return address;
  const [before = "", after] = address.split("::");
  const groups = before.split(":").filter(Boolean);
  const omitted = after === undefined ? 0 : 8 - groups.length - after.split(":").filter(Boolean).length;
  const all = [
    ...groups,
    ...Array<string>(Math.max(0, omitted)).fill("0"),
    ...(after ?? "").split(":").filter(Boolean),
  ];
  return `${all.slice(0, 4).join(":")}::/64`;
}
