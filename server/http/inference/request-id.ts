import type { IncomingHttpHeaders } from "node:http";

/** Returns the request id of the client or a proxy; undefined if it has none that is valid in a header. */
export function requestIdOf(headers: IncomingHttpHeaders): string | undefined {
  const requestId = headers["x-request-id"];
  return typeof requestId === "string" && /^[\w.:-]{1,256}$/.test(requestId) ? requestId : undefined;
}
