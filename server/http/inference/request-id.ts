import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** Returns the request id of the client or a proxy if it is valid in a header, else a new one. */
export function requestIdOf(headers: IncomingHttpHeaders): string {
  const requestId = headers["x-request-id"];
  return typeof requestId === "string" && /^[\w.:-]{1,256}$/.test(requestId) ? requestId : randomUUID();
}
