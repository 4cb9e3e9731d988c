import Fastify from "fastify";
import { expect, onTestFinished, test, vi } from "vitest";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { ChangeMessage, EventFeed } from "#server/platform/events/listen.ts";
import type { WebDependencies } from "../server.ts";
import { v1Plugin } from "./plugin.ts";

const heartbeatMs = 15_000;

async function viewerOf(workspaceId: string): Promise<Context> {
  return { actor: { workspaceId, role: "viewer" } } as Context;
}

/** Starts the API on a free port and collects the events that a listener of workspace "ours" receives. */
async function listening() {
  const authenticate = vi.fn(() => viewerOf("ours"));
  const listeners = new Set<(message: ChangeMessage) => void>();
  const feed: EventFeed = {
    subscribe: (onMessage) => {
      listeners.add(onMessage);
      return () => listeners.delete(onMessage);
    },
    ready: Promise.resolve(),
    silentMs: () => 0,
    close: async () => {},
  };
  const app = Fastify();
  const deps = {
    config: { publicUrl: "http://leeway.test", notifications: { rules: {} } },
    events: feed,
    authenticate,
  } as unknown as WebDependencies;
  await app.register(v1Plugin, deps as WebDependencies & { prefix: string });
  onTestFinished(() => app.close());
  const address = await app.listen({ port: 0, host: "127.0.0.1" });
  const response = await fetch(`${address}/events`);
  const received = { text: "", ended: false };
  const reading = (async () => {
    for await (const chunk of response.body ?? []) received.text += Buffer.from(chunk).toString();
    received.ended = true;
  })();
  return {
    app,
    authenticate,
    answer: response,
    received,
    reading,
    listeners,
    emit: (message: ChangeMessage) => {
      for (const onMessage of listeners) onMessage(message);
    },
  };
}

const run = (id: string, workspaceId = "ours"): ChangeMessage => ({ workspaceId, topic: "run", id });

test("streams changes of the caller's workspace only", async () => {
  const { answer: response, received, emit } = await listening();
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  emit(run("secret", "theirs"));
  emit(run("r1"));
  await vi.waitFor(() => expect(received.text).toContain('event: change\ndata: {"topic":"run","id":"r1"}\n\n'));
  expect(received.text).not.toContain("secret");
});

test("merges rapid changes of one object into one event", async () => {
  const { received, emit } = await listening();
  for (let index = 0; index < 50; index++) emit(run("busy"));
  emit(run("other"));
  await vi.waitFor(() => expect(received.text).toContain("other"));
  expect(received.text.match(/busy/g)).toHaveLength(1);
});

test("reports missed changes", async () => {
  const { received, emit } = await listening();
  emit("missed");
  await vi.waitFor(() => expect(received.text).toContain("event: missed\n"));
});

test("ends its streams when the server stops", async () => {
  const { app, reading, received, listeners } = await listening();
  await app.close();
  await reading;
  expect(received.ended).toBe(true);
  expect(listeners.size).toBe(0);
});

test.each<[string, () => Promise<Context>]>([
  ["a session that has ended", () => Promise.reject(new DomainError("unauthenticated", "Your session has ended."))],
  ["a person who is no longer in the workspace", () => viewerOf("theirs")],
])("ends the stream for %s at the next heartbeat", async (_who, answerAt) => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  const { authenticate, reading, listeners, received } = await listening();
  await vi.advanceTimersByTimeAsync(heartbeatMs);
  await vi.waitFor(() => expect(received.text).toContain(": still here"));
  authenticate.mockImplementation(answerAt);
  await vi.advanceTimersByTimeAsync(heartbeatMs);
  await reading;
  expect(listeners.size).toBe(0);
});

test("keeps a stream open while the database is down", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  const { authenticate, received } = await listening();
  authenticate.mockRejectedValue(Object.assign(new Error("connect"), { code: "ECONNREFUSED", syscall: "connect" }));
  await vi.advanceTimersByTimeAsync(heartbeatMs);
  await vi.waitFor(() => expect(received.text).toContain(": still here"));
  expect(received.ended).toBe(false);
});
