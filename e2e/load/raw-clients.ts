import { connect, type Socket } from "node:net";
import type { LoadOptions, LoadResult } from "./clients.ts";

/**
 * Saturates a server like saturate(), but on bare sockets: Node's HTTP client costs more per request than the measured servers, and would
 * dominate the result. Responses must have a Content-Length.
 */
export async function saturateRaw(options: RawLoad): Promise<LoadResult> {
  const startedAt = performance.now();
  const endsAt = startedAt + options.seconds * 1000;
  const latenciesMs: number[] = [];
  let failures = 0;
  const client = async () => {
    const { request, close } = await openClient(options);
    while (performance.now() < endsAt) {
      const sentAt = performance.now();
      if ((await request()) !== 200) failures += 1;
      latenciesMs.push(performance.now() - sentAt);
    }
    close();
  };
  await Promise.all(Array.from({ length: options.clients }, client));
  const requestsPerSecond = (latenciesMs.length * 1000) / (performance.now() - startedAt);
  return { requests: latenciesMs.length, failures, requestsPerSecond, latenciesMs };
}

/** Load with one body, or with several that are sent in turns. */
type RawLoad = Omit<LoadOptions, "body"> & Requested;

/** Connection that sends one request after another. */
export interface Asker {
  /** Resolves with the status. */
  request(): Promise<number>;
  close(): void;
}

interface Requested extends Pick<LoadOptions, "url" | "headers"> {
  /** Body sent repeatedly, or bodies sent in turns. */
  body: Buffer | readonly Buffer[];
}

/** Opens a connection. */
export async function openClient({ url, headers, body }: Requested): Promise<Asker> {
  const { hostname, port, pathname } = new URL(url);
  const messages = [body].flat().map((one) => {
    const lines = Object.entries({ ...headers, host: hostname, "content-length": one.length });
    const head = `POST ${pathname} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
    return Buffer.concat([Buffer.from(head, "latin1"), one]);
  });
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  const request = asker(socket, messages);
  return { request, close: () => void socket.destroy() };
}

/** Sends the next message and resolves with the status once the response is complete; 0 if the connection ends first. */
function asker(socket: Socket, messages: readonly Buffer[]): () => Promise<number> {
  let next = 0;
  let response = Promise.withResolvers<number>();
  let text = "";
  let wanted = -1;
  socket.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1");
    if (wanted < 0) {
      const end = text.indexOf("\r\n\r\n");
      if (end < 0) return;
      const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, end));
      wanted = end + 4 + Number(length?.[1] ?? 0);
    }
    if (text.length < wanted) return;
    const status = Number(text.slice(9, 12));
    text = text.slice(wanted);
    wanted = -1;
    response.resolve(status);
  });
  socket.on("error", () => response.resolve(0));
  socket.on("close", () => response.resolve(0));
  return () => {
    response = Promise.withResolvers();
    socket.write(messages[next] as Buffer);
    next = (next + 1) % messages.length;
    return response.promise;
  };
}

/** Returns the value below which this share of the numbers lies. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
}
