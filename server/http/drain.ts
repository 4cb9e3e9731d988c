import { setTimeout as pause } from "node:timers/promises";
import type { FastifyInstance } from "fastify";

/**
 * Lets clients leave a stopping server without an error. During the notice, it continues to respond, and each response closes its
 * connection, so that the client's next request opens another one: to another server, once the balancer has noticed. A
 * connection that this side closes instead may have a request on its way, which nobody would answer.
 * Must be called before the server listens. @returns the function to call when the server is to stop, before it closes
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
