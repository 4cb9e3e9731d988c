import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Context } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { log } from "#server/base/log.ts";
import { asDomainError } from "#server/http/errors.ts";
import { hijack, type WebDependencies } from "#server/http/server.ts";
import type { ChangeMessage } from "#server/platform/events/listen.ts";
import { watchEvents } from "#server/platform/events/watch-events.ts";

/** Every heartbeat checks again whether the caller may listen: a session can end, or a token be revoked, while the stream is open. */
const heartbeatMs = 15_000;
/** Streams end after this time, so that one whose other end vanished unnoticed does not stay open. */
const maxDelayMs = 10 * minuteMs;
/** Changes of one thing within this time are one event: a run that logs fast must not make a page refetch faster than it can. */
const gatherMs = 250;
const maxUnsentBytes = 1024 * 1024;

/**
 * Registers server-sent events of the caller's workspace: `event: change` with `{"topic":"run","id":"…"}` says what to fetch again;
 * `event: missed` says to fetch everything again. https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function events(app: FastifyInstance, deps: WebDependencies): void {
  const open = new Set<() => void>();
  app.addHook("preClose", async () => {
    for (const end of open) end();
  });
  app.get("/events", (request, reply) => {
    const { caller } = request;
    if (!caller) throw new Error("The events route was registered outside v1Plugin.");
    const stream = reply.raw;
    const gathered = new Map<string, string>();
    const write = (text: string) => {
      stream.write(text);
      // A reader that cannot keep up is disconnected, and fetches everything again when it reconnects.
      if (stream.writableLength > maxUnsentBytes) end();
    };
    const onMessage = (event: ChangeMessage) => {
      const message = event === "missed" ? "event: missed\ndata: {}\n\n" : change(event.topic, event.id);
      if (gathered.size === 0) setTimeout(send, gatherMs);
      gathered.set(message, message);
    };
    const send = () => {
      const text = [...gathered.values()].join("");
      gathered.clear();
      if (!stream.writableEnded) write(text);
    };
    const unsubscribe = watchEvents(caller, deps.events, onMessage);
    const heartbeat = setInterval(async () => {
      if (!(await mayStillListen(request, caller, deps))) end();
      else if (!stream.writableEnded) write(": still here\n\n");
    }, heartbeatMs);
    const limit = setTimeout(() => end(), maxDelayMs);
    const end = () => {
      unsubscribe();
      clearInterval(heartbeat);
      clearTimeout(limit);
      open.delete(end);
      stream.end();
    };
    open.add(end);
    request.raw.socket.once("close", end);
    hijack(reply);
    stream.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache, no-transform",
      // Disables nginx's buffering of the stream.
      "x-accel-buffering": "no",
    });
    write("retry: 2000\n\n");
  });
}

/** While Postgres is unavailable, permissions cannot be checked, and no events arrive either. */
async function mayStillListen(
  request: FastifyRequest,
  before: Context,
  { authenticate }: Pick<WebDependencies, "authenticate">,
): Promise<boolean> {
  try {
    const { actor } = await authenticate(request);
    return actor.workspaceId === before.actor.workspaceId;
  } catch (error) {
    const known = asDomainError(error);
    if (!known) log.error("events.not-authenticated", { cause: error });
    return known?.code === "unavailable";
  }
}

function change(topic: string, id: string): string {
  return `event: change\ndata: ${JSON.stringify({ topic, id })}\n\n`;
}
