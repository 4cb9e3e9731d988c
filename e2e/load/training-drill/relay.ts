import { createServer, type IncomingHttpHeaders, type IncomingMessage, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** A request that passes a relay, with its whole body. */
export interface Passing {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** When it arrived, in milliseconds of the relay's clock. */
  at: number;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** What a relay does beside passing things on. Each says whether to go on: where not, the caller's connection is cut. */
export interface Hooks {
  before?(passing: Passing): boolean | Promise<boolean>;
  after?(passing: Passing, answer: Answer): boolean | Promise<boolean>;
}

export interface Relay {
  url: string;
  close(): void;
}

/**
 * Stands between two programs that talk HTTP: sees every request and answer, and cuts a connection at exactly the moment that a test means.
 * @param target address that requests are passed on to
 */
export async function openRelay(port: number, target: () => string, hooks: Hooks): Promise<Relay> {
  const server = createServer((request, response) => {
    pass(request, target(), hooks).then(
      (answer) => {
        if (!answer) return response.destroy();
        const { "transfer-encoding": _, connection: __, ...headers } = answer.headers;
        const length = request.method === "HEAD" ? {} : { "content-length": String(answer.body.length) };
        response.writeHead(answer.status, { ...headers, ...length });
        return response.end(answer.body);
      },
      // As if nothing listened there.
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function pass(request: IncomingMessage, target: string, hooks: Hooks): Promise<Answer | undefined> {
  const { method = "GET", url: path = "/", headers } = request;
  const passing = { method, path, headers, body: await buffer(request), at: performance.now() };
  if (hooks.before && !(await hooks.before(passing))) return undefined;
  const answer = await forward(target, passing);
  if (hooks.after && !(await hooks.after(passing, answer))) return undefined;
  return answer;
}

function forward(target: string, { method, path, headers, body }: Passing): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { connection: _, "transfer-encoding": __, ...own } = headers;
    const length = body.length > 0 ? { "content-length": String(body.length) } : {};
    const sent = send(`${target}${path}`, { method, headers: { ...own, ...length }, agent: false }, (answer) => {
      buffer(answer).then(
        (content) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: content }),
        reject,
      );
    });
    sent.setTimeout(60_000, () => sent.destroy(new Error("No answer.")));
    sent.once("error", reject);
    sent.end(body);
  });
}
