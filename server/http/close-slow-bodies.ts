import type { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import { limits } from "#server/base/limits.ts";
import type { ResponseHeaders } from "./response-headers.ts";
import { respondToClientError } from "./wire-errors.ts";

/** Progress of a body that is still arriving. */
interface Arrival {
  /** Bytes read from its socket at the previous check. */
  bytes: number;
  /** Time since when it has been slow, on the clock of performance.now(). */
  slowSince: number;
}

type BodyLimits = Pick<typeof limits, "checkMs" | "bodyBytesPerSecond" | "slowBodyMs">;

/**
 * Closes requests whose body arrives too slowly, with 408: otherwise each of a few thousand clients that send a byte now and then holds a
 * connection and memory for hours. A total time would refuse large uploads over slow lines, so the rate counts. Bodies that wait for this
 * server, for example for its disk, are not slow.
 */
export function closeSlowBodies(
  app: FastifyInstance,
  headers: ResponseHeaders,
  { checkMs, bodyBytesPerSecond, slowBodyMs }: { [Name in keyof BodyLimits]: number } = limits,
): void {
  const arriving = new Map<IncomingMessage, Arrival>();
  app.addHook("onRequest", (request, _reply, done) => {
    const { raw } = request;
    // Injected requests of tests have no connection.
    if (raw.socket instanceof Socket && hasBody(raw)) {
      arriving.set(raw, { bytes: raw.socket.bytesRead, slowSince: performance.now() });
      raw.once("close", () => arriving.delete(raw));
    }
    done();
  });
  const check = () => {
    const now = performance.now();
    for (const [request, arrival] of arriving) {
      const { socket } = request;
      const isFast = socket.bytesRead - arrival.bytes >= (bodyBytesPerSecond * checkMs) / 1000;
      arrival.bytes = socket.bytesRead;
      if (isFast || request.readableLength > 0) arrival.slowSince = now;
      if (request.complete) arriving.delete(request);
      else if (now - arrival.slowSince >= slowBodyMs) {
        arriving.delete(request);
        respondToClientError({ code: "ERR_HTTP_REQUEST_TIMEOUT" }, socket, headers);
      }
    }
  };
  const timer = setInterval(check, checkMs).unref();
  app.addHook("onClose", async () => clearInterval(timer));
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}
