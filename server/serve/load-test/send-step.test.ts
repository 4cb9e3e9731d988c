import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { OpenLoop } from "./send-step.ts";

/** Starts a server that responds as given, and a sender to it. */
async function sending(respond: (response: ServerResponse) => void, timeoutMs = 10_000): Promise<OpenLoop> {
  const server = createServer((request, response) => {
    request.resume();
    respond(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const requests = [{ headers: {}, body: Buffer.from("{}") }];
  const loop = new OpenLoop({ url, authorization: "Bearer x", requests, maxInFlight: 4, timeoutMs });
  onTestFinished(() => {
    loop.close();
    server.closeAllConnections();
    server.close();
  });
  return loop;
}

const send = async (loop: OpenLoop) => {
  const sent = await loop.step(Float64Array.of(0, 0), new AbortController().signal);
  return sent.map(({ outcome }) => outcome);
};

test("ends when responses break off after their head", async () => {
  const loop = await sending((response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("{", () => response.destroy());
  });
  expect(await send(loop)).toEqual(["connection", "connection"]);
});

test("ends at the time limit when responses stop in their middle", async () => {
  const loop = await sending((response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("{");
  }, 50);
  expect(await send(loop)).toEqual(["timeout", "timeout"]);
});

test("returns the status of complete responses", async () => {
  const loop = await sending((response) => response.writeHead(503).end("{}"));
  expect(await send(loop)).toEqual(["503", "503"]);
});
