import { STATUS_CODES } from "node:http";
import { safetyHeaders } from "#server/http/response-headers.ts";
import type { InferResult } from "../run-inference.ts";

const always = Object.entries(safetyHeaders).map(([name, value]) => `${name}: ${value}\r\n`);
let date = { second: 0, line: "" };

/**
 * Formats the head of a response as Fastify would send it.
 * @param keepAliveSeconds how long the connection stays open for another request; 0 when it closes
 * @throws Error when a header contains a line break
 */
export function responseHead({ status, headers }: InferResult, bytes: number, keepAliveSeconds: number): string {
  let lines = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${always.join("")}`;
  for (const name in headers) {
    const value = headers[name] as string;
    if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) throw new Error(`The header ${name} has characters that none may have.`);
    lines += `${name}: ${value}\r\n`;
  }
  const connection =
    keepAliveSeconds > 0
      ? `connection: keep-alive\r\nkeep-alive: timeout=${keepAliveSeconds}\r\n`
      : "connection: close\r\n";
  return `${lines}content-length: ${bytes}\r\n${dateLine()}${connection}\r\n`;
}

/** Returns the Date header (RFC 9110, section 6.6.1), cached for one second. */
function dateLine(): string {
  const second = Math.floor(Date.now() / 1000);
  if (second !== date.second) date = { second, line: `date: ${new Date(second * 1000).toUTCString()}\r\n` };
  return date.line;
}
