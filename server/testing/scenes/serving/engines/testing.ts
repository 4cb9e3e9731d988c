import { createServer, type IncomingMessage, type Server, type ServerResponse, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** What happens to inference requests on their way. */
type Fault = "none" | "slow" | "error" | "busy-once" | "hang-up-once" | "refusal";

interface FaultyWay {
  url: string;
  /** Inference requests that arrived. */
  readonly seen: { headers: IncomingMessage["headers"]; path: string }[];
  fault: Fault;
  /** Refuses connections until it is opened again. */
  close(): Promise<void>;
  open(): Promise<void>;
}

/** A way to a real inference server on which things go wrong when they are told to. Its caller closes it. */
export async function faultyWay(target: URL): Promise<FaultyWay> {
  const seen: FaultyWay["seen"] = [];
  let port = 0;
  let server: Server;
  const way: FaultyWay = {
    url: "",
    seen,
    fault: "none",
    open: async () => {
      server = createServer((request, response) => void pass(request, response));
      await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
      port = (server.address() as AddressInfo).port;
      way.url = `http://127.0.0.1:${port}`;
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === "POST" && request.url?.endsWith("/infer")) {
      seen.push({ headers: request.headers, path: request.url });
      const { fault } = way;
      if (fault === "slow") await pause(1000);
      if (fault === "error") return void response.writeHead(500).end('{"error":"out of luck"}');
      if (fault === "refusal") return void response.writeHead(422).end('{"detail":"too odd"}');
      if (fault.endsWith("-once")) way.fault = "none";
      if (fault === "busy-once") return void response.writeHead(503, { "retry-after": "0" }).end();
      if (fault === "hang-up-once") return void request.socket.destroy();
    }
    if (response.destroyed) return;
    const { method, headers, url = "/" } = request;
    const onward = send({ host: target.hostname, port: target.port, method, headers, path: url }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  }

  await way.open();
  return way;
}
