import {
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import { log } from "#server/base/log.ts";
import { limitConnections } from "#server/http/limit-connections.ts";
import type { ByteBudget } from "./byte-budget.ts";
import { clientAddress } from "./client-address.ts";
import { frameOf, readFrames } from "./frames.ts";
import { GrpcError, grpcCodes, grpcMessage } from "./status.ts";
import { readTimeout } from "./timeout.ts";

/** A call whose sender is known and whose messages have not been read yet. */
export interface GrpcCall<Caller> {
  readonly caller: Caller;
  /** Messages of the client, one at a time, as they are asked for. */
  readonly messages: AsyncIterable<Buffer>;
  /** Sends a message, and waits while the client does not read. */
  send(message: Uint8Array): Promise<void>;
  /** Aborts when the client gives up or its deadline passes. */
  readonly signal: AbortSignal;
}

export interface GrpcMethod<Caller> {
  /** Bytes that one message of the client may have. */
  maxMessageBytes: number;
  /** Answers a call. @throws what `describe` knows */
  handle(call: GrpcCall<Caller>): Promise<void>;
}

interface GrpcOptions<Caller> {
  port: number;
  host: string;
  /** Methods by their path: "/package.Service/Method". */
  methods: ReadonlyMap<string, GrpcMethod<Caller>>;
  /** Identifies the sender before anything that they send is read. */
  authenticate(authorization: string | undefined, address: string | undefined): Promise<Caller>;
  /** Converts what a handler or `authenticate` throws to what the client sees. */
  describe(error: unknown, path: string): GrpcError;
  /** Memory of all calls for what clients send. */
  budget: ByteBudget;
  /** Returns who shares a part of this memory. */
  tenantOf(caller: Caller): string;
  trustProxy: false | number | readonly string[];
  maxConnectionsPerAddress: number | undefined;
  times?: Times;
}

interface Times {
  /** Time that a client may be silent within a request, or take nothing of its answer. */
  silenceMs: number;
  /** Returns the time in which a message of so many bytes has to arrive. */
  messageMs(bytes: number): number;
}

interface GrpcServer {
  port: number;
  /** Takes no new calls, waits for those that run at most `graceMs`, and closes all connections. */
  close(graceMs: number): Promise<void>;
}

const usualTimes: Times = {
  silenceMs: 30_000,
  // Who declares a large message holds memory for it. 512 KiB a second are four megabits.
  messageMs: (bytes) => 30_000 + bytes / 512,
};
/** Bytes of which a client has to take some within the time above. A slow client does, and goes on. */
const partBytes = 64 * 2 ** 10;
/** Time that calls have to end after their connections were closed. */
const cutOffMs = 5_000;
/** Time that a new connection has until its first call, and an idle one until it is closed. Clients of gRPC connect again by themselves. */
const firstCallMs = 20_000;
const idleMs = 300_000;
/** Time in which what a client still sends after its answer is discarded, so that it reads the answer first. */
const lingerMs = 1_000;
const contentType = "application/grpc+proto";

/**
 * Starts a server of gRPC over HTTP/2 without TLS (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md), with what Feast's
 * clients use: unary and streaming calls, deadlines and cancellation. No compression. Own code, since libraries read whole messages
 * before it is known who sends them, and have no limit for all calls together.
 * @throws the system's error if it cannot listen
 */
export async function startGrpcServer<Caller>(options: GrpcOptions<Caller>): Promise<GrpcServer> {
  const server = createServer({
    settings: { enablePush: false, maxConcurrentStreams: 100, initialWindowSize: 2 ** 20 },
    // Megabytes. It also counts what is queued to be sent, and batches of tables are large.
    maxSessionMemory: 512,
  });
  // Handlers among them: some go on after their call was answered, at its deadline.
  const running = new Set<Promise<void>>();
  const track = (work: Promise<void>) => {
    running.add(work);
    void work.finally(() => running.delete(work));
  };
  const sessions = closeIdle(server);
  if (options.maxConnectionsPerAddress !== undefined) limitConnections(server, options.maxConnectionsPerAddress);
  server.on("sessionError", (cause) => log.debug("grpc.session_failed", { cause }));
  server.on("stream", (stream, headers) => {
    track(answer(stream, headers, options, track).catch((cause: unknown) => log.error("grpc.call_failed", { cause })));
  });
  const { promise: listening, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen({ port: options.port, host: options.host }, resolve);
  await listening;
  return {
    port: (server.address() as AddressInfo).port,
    close: async (graceMs) => {
      const closed = new Promise<void>((done) => server.close(() => done()));
      for (const session of sessions) session.close();
      await settled(running, graceMs);
      for (const session of sessions) session.destroy();
      // What they use, such as the database, closes next.
      await settled(running, cutOffMs);
      await closed;
    },
  };
}

/** Waits until all has ended, at most for a time. */
async function settled(running: ReadonlySet<Promise<void>>, maxMs: number): Promise<void> {
  const { promise: late, resolve: giveUp } = Promise.withResolvers<void>();
  const timer = setTimeout(giveUp, maxMs);
  await Promise.race([Promise.all(running), late]);
  clearTimeout(timer);
}

/** Closes connections without a call, soon after they open and later when they are idle. @returns the open ones */
function closeIdle(server: Http2Server) {
  const sessions = new Set<ServerHttp2Session>();
  server.on("session", (session) => {
    sessions.add(session);
    let open = 0;
    session.setTimeout(firstCallMs);
    session.on("timeout", () => {
      if (open === 0) session.close();
    });
    session.on("stream", (stream: ServerHttp2Stream) => {
      open += 1;
      session.setTimeout(idleMs);
      stream.once("close", () => {
        open -= 1;
        // A timeout during the call was not the last.
        if (!session.destroyed) session.setTimeout(idleMs);
      });
    });
    session.once("close", () => sessions.delete(session));
    session.on("error", () => {});
  });
  // A connection that sends nothing of HTTP/2 has a session all the same.
  server.on("connection", (socket: Socket) => socket.on("error", () => {}));
  return sessions;
}

async function answer<Caller>(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  options: GrpcOptions<Caller>,
  track: (work: Promise<void>) => void,
): Promise<void> {
  stream.on("error", () => {});
  const { silenceMs, messageMs } = options.times ?? usualTimes;
  const path = String(headers[":path"] ?? "");
  if (headers[":method"] !== "POST" || !headers["content-type"]?.startsWith("application/grpc")) {
    stream.respond({ ":status": 415, "content-type": "text/plain; charset=utf-8" });
    stream.end("This port is for clients of Feast, which use gRPC.\n");
    discardRest(stream, silenceMs);
    return;
  }
  const gone = new AbortController();
  stream.once("close", () => gone.abort());
  const held = options.budget.hold();
  const timeout = readTimeout(single(headers["grpc-timeout"]));
  const { promise: late, reject: expire } = Promise.withResolvers<never>();
  late.catch(() => {});
  const timer =
    timeout === undefined || timeout === null
      ? undefined
      : setTimeout(
          () => expire(new GrpcError(grpcCodes.deadlineExceeded, "The deadline of the call has passed.")),
          timeout,
        );
  try {
    if (timeout === null) throw new GrpcError(grpcCodes.invalidArgument, "The header grpc-timeout is malformed.");
    const method = options.methods.get(path);
    if (!method) throw new GrpcError(grpcCodes.unimplemented, `Leeway has no call ${path.slice(0, 200)}.`);
    const work = async () => {
      const address = clientAddress(
        stream.session?.socket?.remoteAddress,
        single(headers["x-forwarded-for"]),
        options.trustProxy,
      );
      const caller = await options.authenticate(headers.authorization, address);
      const messages = readFrames(chunksOf(stream, silenceMs), method.maxMessageBytes, async (bytes) => {
        await held.take(bytes, options.tenantOf(caller));
        const slow = new GrpcError(grpcCodes.deadlineExceeded, "A message of the call took too long to arrive.");
        const timer = setTimeout(() => expire(slow), messageMs(bytes));
        return () => clearTimeout(timer);
      });
      const { signal } = gone;
      try {
        await method.handle({
          caller,
          messages,
          send: (message) => send(stream, message, { signal, silenceMs }),
          signal,
        });
      } finally {
        // A handler that failed may not have read all; what is left is discarded below.
        await messages.return(undefined);
      }
    };
    const working = work();
    track(working.catch(() => {}));
    await Promise.race([working, late]);
    end(stream, grpcCodes.ok, "");
  } catch (error) {
    if (stream.closed || stream.destroyed) return;
    const { code, message } = options.describe(error, path);
    end(stream, code, message);
    // A handler that goes on after its deadline learns that nobody waits.
    gone.abort();
  } finally {
    clearTimeout(timer);
    held.release();
    discardRest(stream, silenceMs);
  }
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(",") : header;
}

/** Yields the body as it arrives, without reading ahead. @throws GrpcError when the client is silent for too long */
async function* chunksOf(stream: ServerHttp2Stream, silenceMs: number): AsyncGenerator<Buffer> {
  stream.setTimeout(silenceMs, () => {
    if (!stream.readableEnded) {
      stream.destroy(new GrpcError(grpcCodes.deadlineExceeded, "The client sent nothing for too long."));
    }
  });
  try {
    // The stream stays open for the answer when this generator ends early.
    for await (const chunk of stream.iterator({ destroyOnReturn: false })) yield chunk as Buffer;
  } finally {
    stream.setTimeout(0);
  }
}

interface SendOptions {
  signal: AbortSignal;
  silenceMs: number;
}

/** Sends a message in parts, so that it shows whether the client reads. @throws GrpcError "cancelled" if it does not, or has gone */
async function send(stream: ServerHttp2Stream, message: Uint8Array, options: SendOptions): Promise<void> {
  const frame = frameOf(message);
  for (let at = 0; at < frame.length; at += partBytes) {
    if (options.signal.aborted || stream.closed || stream.destroyed) throw goneError();
    respond(stream);
    if (!stream.write(frame.subarray(at, at + partBytes))) await drained(stream, options);
  }
}

async function drained(stream: ServerHttp2Stream, { signal, silenceMs }: SendOptions): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // Closing the stream aborts the signal, too.
  const leave = () => reject(goneError());
  const timer = setTimeout(() => stream.destroy(), silenceMs);
  stream.once("drain", resolve);
  signal.addEventListener("abort", leave, { once: true });
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    stream.off("drain", resolve);
    signal.removeEventListener("abort", leave);
  }
}

const goneError = () => new GrpcError(grpcCodes.cancelled, "The client disconnected.");

/** Sends the headers, once. */
function respond(stream: ServerHttp2Stream): void {
  if (stream.headersSent) return;
  stream.respond(
    { ":status": 200, "content-type": contentType, "grpc-accept-encoding": "identity" },
    { waitForTrailers: true },
  );
}

function end(stream: ServerHttp2Stream, code: number, message: string): void {
  if (stream.closed || stream.destroyed || stream.writableEnded) return;
  const trailers = { "grpc-status": String(code), ...(message && { "grpc-message": grpcMessage(message) }) };
  if (!stream.headersSent) {
    stream.respond({ ":status": 200, "content-type": contentType, ...trailers }, { endStream: true });
    return;
  }
  stream.once("wantTrailers", () => stream.sendTrailers(trailers));
  stream.end();
}

/** Reads and forgets what the client still sends, and then closes the stream, also if the client does not take its answer. */
function discardRest(stream: ServerHttp2Stream, silenceMs: number): void {
  if (stream.closed || stream.destroyed) return;
  // Later: until then, Node takes the reader that just ended for one that goes on, and nothing would flow.
  setImmediate(() => stream.resume());
  const timers = [setTimeout(() => stream.destroy(), silenceMs)];
  if (!stream.readableEnded) timers.push(setTimeout(() => stream.close(0), lingerMs));
  stream.once("close", () => {
    for (const timer of timers) clearTimeout(timer);
  });
}
