/** One request of HTTP/1.1 as bytes. */
export interface Message {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: Buffer | string;
}

/** Default values of every message. */
export interface Address {
  authorization: string;
  path: string;
}

/** Returns whether a message contains its own body length, which may be wrong. */
export function isFramed({ headers = {} }: Message): boolean {
  return Object.keys(headers).some((name) => /^(content-length|transfer-encoding)$/i.test(name));
}

/** Returns the bytes of a message, with its length unless its headers define the framing of the body. Empty headers are left out. */
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
