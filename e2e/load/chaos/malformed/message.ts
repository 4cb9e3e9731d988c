/** One request of HTTP/1.1 as bytes. */
export interface Message {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: Buffer | string;
}

/** What every message says unless it says something else. */
export interface Address {
  authorization: string;
  path: string;
}

/** Whether a message says itself how long its body is, which may be wrong. */
export function isFramed({ headers = {} }: Message): boolean {
  return Object.keys(headers).some((name) => /^(content-length|transfer-encoding)$/i.test(name));
}

/** The bytes of a message: with its length, unless its headers say how the body is framed. An empty header is left out. */
export function bytesOf(address: Address, message: Message): Buffer {
  const { method = "POST", path = address.path, headers = {}, body = "" } = message;
  const content = Buffer.from(body);
  const all = {
    host: "127.0.0.1",
    authorization: address.authorization,
    connection: "close",
    ...(!isFramed(message) && { "content-length": String(content.length) }),
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === "" ? [] : [`${name}: ${value}\r\n`]));
  return Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n`, "latin1"), content]);
}
