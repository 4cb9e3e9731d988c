import { setTimeout as pause } from "node:timers/promises";
import type { FastifyInstance } from "fastify";

/**
 * Lets a server that stops be left without an error. While it is announced, it goes on to answer, and each answer ends its
 * connection, so that the client's next request opens another one: to another server, once the balancer has noticed. A
 * connection that is closed from this side instead may have a request on its way, which nobody would answer.
 * To be called before the server listens. @returns what to call when it is to stop, before it closes
 */
export function drain(app: FastifyInstance): (noticeSeconds: number) => Promise<void> {
  let isDraining = false;
  app.addHook("onRequest", (_request, reply, done) => {
    if (isDraining) reply.raw.setHeader("connection", "close");
    done();
  });
  return async (noticeSeconds) => {
    isDraining = true;
    await pause(noticeSeconds * 1000);
  };
}
