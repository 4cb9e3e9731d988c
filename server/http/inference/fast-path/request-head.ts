import type { IncomingHttpHeaders } from "node:http";

/** The head of an inference request that the fast path understands. */
export interface RequestHead {
  model: string;
  version: string | undefined;
  /** By lower-case names; shared by all requests with this head. */
  headers: Readonly<IncomingHttpHeaders>;
  /** Bytes of the head, its empty line included. */
  length: number;
  bodyLength: number;
}

/** Larger heads and bodies are rare, and gain nothing. */
const maxHeadBytes = 8 * 1024;
const maxBodyBytes = 256 * 1024;

const requestLine = /^POST \/v2\/models\/([\w.-]+)(?:\/versions\/(\d+))?\/infer HTTP\/1\.1\r\n/;
/** RFC 9112, section 5, without line folding: token, colon, and a value of visible characters, spaces, tabs and obs-text. */
const fieldLine = /([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*?)[ \t]*\r\n/y;
/** Headers that change how a request is framed, coded, routed or answered. */
const otherwise = ["transfer-encoding", "content-encoding", "expect", "upgrade", "trailer", "x-mlflow-workspace"];

/**
 * Reads the head of a request, when it is one that can be read in one way only: POST to an infer address, HTTP/1.1, no header
 * twice, a body of stated length that is small. All else is for Node's parser: it is stricter than that one in everything, so
 * what both take, both take for the same.
 * @param bytes of a connection, from the start of a request on
 * @returns undefined for what is for Node's parser, such as a head that has not come whole
 */
export function readHead(bytes: Buffer): RequestHead | undefined {
  const end = bytes.subarray(0, maxHeadBytes).indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const text = bytes.toString("latin1", 0, end + 2);
  const [line = "", model = "", version] = requestLine.exec(text) ?? [];
  const headers = line && readFields(text, line.length);
  if (!headers || headers.host === undefined || otherwise.some((name) => headers[name] !== undefined)) return undefined;
  const { connection = "keep-alive", "content-length": stated = "" } = headers;
  if (connection.toLowerCase() !== "keep-alive" || !/^\d{1,6}$/.test(stated)) return undefined;
  const bodyLength = Number(stated);
  if (bodyLength > maxBodyBytes) return undefined;
  return { model, version, headers, length: end + 4, bodyLength };
}

function readFields(text: string, start: number): IncomingHttpHeaders | undefined {
  const headers: Record<string, string> = Object.create(null);
  fieldLine.lastIndex = start;
  while (fieldLine.lastIndex < text.length) {
    const [, name = "", value = ""] = fieldLine.exec(text) ?? [];
    const key = name.toLowerCase();
    if (key === "" || headers[key] !== undefined) return undefined;
    headers[key] = value;
  }
  return Object.freeze(headers);
}
