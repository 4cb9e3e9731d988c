import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from "node:http";
import { expect } from "vitest";

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  // biome-ignore lint/suspicious/noExplicitAny: what is in the JSON is what the tests check
  json: any;
}

export interface Question {
  method?: string;
  path: string;
  headers?: OutgoingHttpHeaders;
  body?: Buffer | string | object;
}

/**
 * One request over HTTP with these headers and no others: clients of the protocol send no content type, for example. As theirs, the
 * connection could go on, so that plain requests take the fast path.
 */
export function askServer(port: number, { method, path, headers, body }: Question): Promise<Answer> {
  const isPlain = body === undefined || typeof body === "string" || Buffer.isBuffer(body);
  const payload = isPlain ? body : JSON.stringify(body);
  const options = {
    port,
    path,
    method: method ?? (payload === undefined ? "GET" : "POST"),
    headers: { connection: "keep-alive", ...headers },
  };
  if (payload !== undefined && !("transfer-encoding" in options.headers)) {
    options.headers["content-length"] = Buffer.byteLength(payload);
  }
  return new Promise((resolve, reject) => {
    const asked = request({ ...options, agent: false }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      const { statusCode: status = 0, headers } = response;
      const content = Buffer.concat(chunks);
      resolve({ status, headers, body: content, json: jsonOf(content, headers) });
    });
    asked.on("error", reject);
    asked.end(payload);
  });
}

/** The JSON of an answer, in front of its binary tensors; undefined of a compressed one. */
function jsonOf(body: Buffer, headers: IncomingHttpHeaders): unknown {
  if (headers["content-encoding"] || body.length === 0) return undefined;
  const length = headers["inference-header-content-length"];
  return JSON.parse(body.subarray(0, length === undefined ? body.length : Number(length)).toString("utf8"));
}

/** Bytes behind the JSON, in hexadecimal. */
export function tailOf({ headers, body }: Answer): string {
  return body.subarray(Number(headers["inference-header-content-length"])).toString("hex");
}

/** An error as every client reads it: the status, and {"error": text} with no other key. */
export function expectError(answer: Answer, status: number, message: RegExp = /./): void {
  expect([answer.status, answer.json]).toEqual([status, { error: expect.stringMatching(message) }]);
  expect(answer.headers["content-type"]).toContain("application/json");
}
