import { randomUUID } from "node:crypto";
import type { FastifyRequest } from "fastify";

/** The client's or a proxy's id when it can stand in a header, else a new one. */
export function requestIdOf(request: FastifyRequest): string {
  const given = request.headers["x-request-id"];
  return typeof given === "string" && /^[\w.:-]{1,256}$/.test(given) ? given : randomUUID();
}
