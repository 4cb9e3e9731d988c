import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** The client's or a proxy's id when it can stand in a header, else a new one. */
export function requestIdOf(headers: IncomingHttpHeaders): string {
  const requestId = headers["x-request-id"];
  return typeof requestId === "string" && /^[\w.:-]{1,256}$/.test(requestId) ? requestId : randomUUID();
}
