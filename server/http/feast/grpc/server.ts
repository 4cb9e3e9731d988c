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
  trustProxy: false | number | readonly string[];
  maxConnectionsPerAddress: number | undefined;
}

interface GrpcServer {
  port: number;
  /** Takes no new calls, waits for those that run at most `graceMs`, and closes all connections. */
  close(graceMs: number): Promise<void>;
}

/** Time that a client may be silent within a request. */
const silenceMs = 30_000;
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
  const calls = new Set<Promise<void>>();
  const sessions = closeIdle(server);
  if (options.maxConnectionsPerAddress !== undefined) limitConnections(server, options.maxConnectionsPerAddress);
  server.on("sessionError", (cause) => log.debug("grpc.session_failed", { cause }));
  server.on("stream", (stream, headers) => {
    const call = answer(stream, headers, options).catch((cause: unknown) => log.error("grpc.call_failed", { cause }));
    calls.add(call);
    void call.finally(() => calls.delete(call));
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
      const { promise: late, resolve: giveUp } = Promise.withResolvers<void>();
      const timer = setTimeout(giveUp, graceMs);
      await Promise.race([Promise.all([...calls]), late]);
      clearTimeout(timer);
      for (const session of sessions) session.destroy();
      await closed;
    },
  };
}

/** Closes connections without a call, soon after they open and later when they are idle. @returns the open ones */
function closeIdle(server: Http2Server) {
  const sessions = new Set<ServerHttp2Session>();
  server.on("session", (session) => {
    sessions.add(session);
    let open = 0;
    session.setTimeout(firstCallMs, () => {
      if (open === 0) session.close();
    });
    session.on("stream", (stream: ServerHttp2Stream) => {
      open += 1;
      session.setTimeout(idleMs);
      stream.once("close", () => (open -= 1));
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
): Promise<void> {
  stream.on("error", () => {});
  const path = String(headers[":path"] ?? "");
  if (headers[":method"] !== "POST" || !headers["content-type"]?.startsWith("application/grpc")) {
    stream.respond({ ":status": 415, "content-type": "text/plain; charset=utf-8" });
    stream.end("This port is for clients of Feast, which use gRPC.\n");
    discardRest(stream);
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
      const messages = readFrames(chunksOf(stream), method.maxMessageBytes, held.take);
      try {
        await method.handle({ caller, messages, send: (message) => send(stream, message), signal: gone.signal });
      } finally {
        // A handler that failed may not have read all; what is left is discarded below.
        await messages.return(undefined);
      }
    };
    await Promise.race([work(), late]);
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
    discardRest(stream);
  }
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(",") : header;
}

/** Yields the body as it arrives, without reading ahead. @throws GrpcError when the client is silent for too long */
async function* chunksOf(stream: ServerHttp2Stream): AsyncGenerator<Buffer> {
  stream.setTimeout(silenceMs, () => {
    if (!stream.readableEnded) {
      stream.destroy(new GrpcError(grpcCodes.deadlineExceeded, "The client sent nothing for 30 seconds."));
    }
  });
  try {
    // The stream stays open for the answer when this generator ends early.
    for await (const chunk of stream.iterator({ destroyOnReturn: false })) yield chunk as Buffer;
  } finally {
    stream.setTimeout(0);
  }
}

async function send(stream: ServerHttp2Stream, message: Uint8Array): Promise<void> {
  if (stream.closed || stream.destroyed) throw new GrpcError(grpcCodes.cancelled, "The client has gone.");
  respond(stream);
  if (stream.write(frameOf(message))) return;
  await new Promise<void>((resolve, reject) => {
    const onClose = () => reject(new GrpcError(grpcCodes.cancelled, "The client has gone."));
    stream.once("close", onClose);
    stream.once("drain", () => {
      stream.off("close", onClose);
      resolve();
    });
  });
}

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

/** Reads and forgets what the client still sends, and then closes the stream. */
function discardRest(stream: ServerHttp2Stream): void {
  if (stream.closed || stream.destroyed) return;
  // Later: until then, Node takes the reader that just ended for one that goes on, and nothing would flow.
  setImmediate(() => stream.resume());
  if (stream.readableEnded) return;
  const timer = setTimeout(() => stream.close(0), lingerMs);
  stream.once("close", () => clearTimeout(timer));
}
