import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { FastifyInstance } from "fastify";
import { DomainError } from "#server/base/errors.ts";
import type { ResponseHeaders } from "./response-headers.ts";

/** An error of Node's parser: its code, and for a malformed request what is wrong. */
interface ClientError {
  code?: string;
  message?: string;
}

/** Time during which data that a client still sends is read and discarded, so that it reads the response before the connection is reset. */
const lingerMs = 1_000;

/**
 * Handles input that is not a valid HTTP request: responds 400, or the status for the code of Node's parser, with `{"error": text}` as
 * everywhere.
 * For Fastify's option clientErrorHandler.
 */
export function respondToClientError(
  { code, message = "" }: ClientError,
  socket: Duplex,
  headers: ResponseHeaders,
): void {
  if (code === "ECONNRESET" || socket.destroyed) return;
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const [status, phrase, error] =
    code === "ERR_HTTP_REQUEST_TIMEOUT"
      ? [408, "Request Timeout", "The request timed out."]
      : code === "HPE_HEADER_OVERFLOW"
        ? [431, "Request Header Fields Too Large", "The request headers are too large."]
        : code === "HPE_CHUNK_EXTENSIONS_OVERFLOW"
          ? [413, "Payload Too Large", "The chunk extensions of the request are too large."]
          : [400, "Bad Request", `This is not a valid HTTP request: ${message.replace(/^Parse Error: /, "")}.`];
  refuse(socket, `${status} ${phrase}`, String(error), headers);
}

/**
 * Handles requests that Node's server would leave without a body or a response: CONNECT, expectations, a request without Host. Also those
 * that name the server in place of a path, "*", which no route and no page understands.
 */
export function rejectMalformedRequests(app: FastifyInstance, headers: ResponseHeaders): void {
  app.server.on("connect", (_request: IncomingMessage, socket: Duplex) => {
    const error = "CONNECT is not supported because this server is not a proxy.";
    refuse(socket, "405 Method Not Allowed", error, headers);
  });
  app.server.on("checkExpectation", (_request: IncomingMessage, response: ServerResponse) => {
    const body = JSON.stringify({ error: "Only the expectation 100-continue is supported." });
    response.writeHead(417, {
      ...headers,
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      connection: "close",
    });
    response.end(body);
  });
  app.addHook("onRequest", async ({ raw: { httpVersion, rawHeaders, method, url } }, reply) => {
    const hosts = countHosts(rawHeaders);
    if (httpVersion === "1.1" && hosts === 0)
      throw new DomainError("invalid", "HTTP/1.1 requests require a Host header.");
    // RFC 9112, section 3.2. Node would use the first one, where a proxy may use the last.
    if (hosts > 1) throw new DomainError("invalid", "Requests can have only one Host header.");
    if (url !== "*") return;
    // RFC 9110, section 9.3.7: a test of whether the server responds.
    if (method === "OPTIONS") return reply.code(204).send();
    throw new DomainError("invalid", "Only OPTIONS requests can name the server as a whole, *.");
  });
}

/** Counts the Host headers in Node's list of names and values. */
function countHosts(rawHeaders: readonly string[]): number {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.length === 4 && rawHeaders[index]?.toLowerCase() === "host") hosts += 1;
  }
  return hosts;
}

function refuse(socket: Duplex, status: string, error: string, headers: ResponseHeaders): void {
  const body = JSON.stringify({ error });
  const lines = [
    `HTTP/1.1 ${status}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  socket.on("error", () => {});
  socket.end(`${lines.join("\r\n")}\r\n\r\n${body}`);
  socket.resume();
  setTimeout(() => socket.destroy(), lingerMs).unref();
}
