import type { IncomingHttpHeaders } from "node:http";

/** The head of an inference request that the fast path understands. */
export interface RequestHead {
  model: string;
  version: string | undefined;
  /** Headers by lower-case name; shared by all requests with this head. */
  headers: Readonly<IncomingHttpHeaders>;
  /** Bytes of the head, its empty line included. */
  length: number;
  bodyLength: number;
}

/** Larger heads and bodies are rare, and gain nothing. */
const maxHeadBytes = 8 * 1024;
const maxBodyBytes = 256 * 1024;

const requestLine = /^POST \/v2\/models\/([\w.-]+)(?:\/versions\/(\d+))?\/infer HTTP\/1\.1\r\n/;
/** RFC 9110, sections 5.1 and 5.5: a name is a token; a value has visible characters, spaces, tabs and obs-text. */
const fieldName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/;
/** Headers that change how a request is framed, encoded, routed or handled. */
const otherwise = ["transfer-encoding", "content-encoding", "expect", "upgrade", "trailer", "x-mlflow-workspace"];

/**
 * Reads the head of a request if it can be read in only one way: POST to an infer address, HTTP/1.1, no duplicate
 * headers, a small body of stated length. Everything else is left to Node's parser. This parser is stricter in every respect, so
 * a request that both accept means the same to both.
 * @param bytes of a connection, starting at the beginning of a request
 * @returns undefined for requests left to Node's parser, such as one with an incomplete head
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

/** Reads the lines "name: value" from an offset to the end of the text. Each character is looked at a fixed number of times. */
function readFields(text: string, offset: number): IncomingHttpHeaders | undefined {
  const headers: Record<string, string> = Object.create(null);
  for (let start = offset, end = 0; start < text.length; start = end + 2) {
    end = text.indexOf("\r\n", start);
    const line = text.slice(start, end);
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(0, colon)).toLowerCase();
    const value = trimBlanks(line, colon + 1);
    if (!fieldName.test(name) || !fieldValue.test(value) || headers[name] !== undefined) return undefined;
    headers[name] = value;
  }
  return Object.freeze(headers);
}

/** Returns a line from an offset, without the spaces and tabs at its ends: RFC 9112, section 5. */
function trimBlanks(line: string, offset: number): string {
  let [start, end] = [offset, line.length];
  while (start < end && isBlank(line, start)) start += 1;
  while (end > start && isBlank(line, end - 1)) end -= 1;
  return line.slice(start, end);
}

function isBlank(text: string, index: number): boolean {
  return text[index] === " " || text[index] === "\t";
}
