import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { FastifyInstance } from "fastify";
import { DomainError } from "#server/base/errors.ts";

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
export function respondToClientError({ code, message = "" }: ClientError, socket: Duplex): void {
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
  refuse(socket, `${status} ${phrase}`, String(error));
}

/** Handles requests that Node's server would leave without a body or a response: CONNECT, expectations, a request without Host. */
export function rejectMalformedRequests(app: FastifyInstance): void {
  app.server.on("connect", (_request: IncomingMessage, socket: Duplex) => {
    refuse(socket, "405 Method Not Allowed", "CONNECT is not supported because this server is not a proxy.");
  });
  app.server.on("checkExpectation", (_request: IncomingMessage, response: ServerResponse) => {
    const body = JSON.stringify({ error: "Only the expectation 100-continue is supported." });
    const length = Buffer.byteLength(body);
    response.writeHead(417, { "content-type": "application/json", "content-length": length, connection: "close" });
    response.end(body);
  });
  app.addHook("onRequest", async ({ raw: { httpVersion, rawHeaders } }) => {
    const hosts = countHosts(rawHeaders);
    if (httpVersion === "1.1" && hosts === 0)
      throw new DomainError("invalid", "HTTP/1.1 requests require a Host header.");
    // RFC 9112, section 3.2. Node would use the first one, where a proxy may use the last.
    if (hosts > 1) throw new DomainError("invalid", "Requests can have only one Host header.");
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

function refuse(socket: Duplex, status: string, error: string): void {
  const body = JSON.stringify({ error });
  const head = `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close`;
  socket.on("error", () => {});
  socket.end(`${head}\r\n\r\n${body}`);
  socket.resume();
  setTimeout(() => socket.destroy(), lingerMs).unref();
}
