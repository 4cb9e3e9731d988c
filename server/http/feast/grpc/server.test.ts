import { type ClientHttp2Session, connect, constants } from "node:http2";
import { connect as connectTcp } from "node:net";
import { afterEach, expect, onTestFinished, test } from "vitest";
import { ByteBudget } from "./byte-budget.ts";
import { frameOf } from "./frames.ts";
import { type GrpcMethod, startGrpcServer } from "./server.ts";
import { GrpcError, grpcCodes } from "./status.ts";

const budget = new ByteBudget(4 * 2 ** 20, 3 * 2 ** 20);
let readBeforeSignIn = 0;

const echo: GrpcMethod<string> = {
  maxMessageBytes: 2 ** 20,
  handle: async ({ messages, send, caller }) => {
    for await (const message of messages) await send(Buffer.concat([Buffer.from(`${caller}:`), message]));
  },
};
/** Reads one message and not the end of the request, as unary calls do. */
const first: GrpcMethod<string> = {
  maxMessageBytes: 1024,
  handle: async ({ messages, send }) => {
    for await (const message of messages) {
      await send(message);
      return;
    }
  },
};
/** Fails with a message read, and the reader still open. */
const halfway: GrpcMethod<string> = {
  maxMessageBytes: 1024,
  handle: async ({ messages }) => {
    await messages[Symbol.asyncIterator]().next();
    throw new GrpcError(grpcCodes.invalidArgument, "No.");
  },
};
const slow: GrpcMethod<string> = {
  maxMessageBytes: 1024,
  handle: ({ signal }) => new Promise((resolve) => signal.addEventListener("abort", () => resolve())),
};
const failing: GrpcMethod<string> = {
  maxMessageBytes: 1024,
  handle: async () => {
    throw new GrpcError(grpcCodes.invalidArgument, 'Zeile 1\n{"message":"größer als 100 %"}');
  },
};

/** Reads all, and remembers how it ended. */
const ended: string[] = [];
const reading: GrpcMethod<string> = {
  maxMessageBytes: 3 * 2 ** 20,
  handle: async ({ messages }) => {
    try {
      for await (const message of messages) expect(message).toBeDefined();
      ended.push("read");
    } catch (error) {
      ended.push(String(error));
      throw error;
    }
  },
};
/** Answers much, and remembers how it ended. */
const large: GrpcMethod<string> = {
  maxMessageBytes: 1024,
  handle: async ({ send }) => {
    try {
      for (let part = 0; part < 4; part += 1) await send(Buffer.alloc(2 ** 20, part));
      ended.push("sent");
    } catch (error) {
      ended.push(String(error));
      throw error;
    }
  },
};
/** Goes on for a moment after it was cut off. */
const tidy: GrpcMethod<string> = {
  maxMessageBytes: 1024,
  handle: async ({ signal }) => {
    await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    await new Promise((resolve) => setTimeout(resolve, 200));
    ended.push("tidied");
  },
};

interface Options {
  maxConnectionsPerAddress?: number;
  times?: { silenceMs: number; messageMs(bytes: number): number };
}

async function started(options: Options = {}) {
  ended.length = 0;
  const server = await startGrpcServer<string>({
    port: 0,
    host: "127.0.0.1",
    methods: new Map([
      ["/test.Test/Echo", echo],
      ["/test.Test/First", first],
      ["/test.Test/Halfway", halfway],
      ["/test.Test/Slow", slow],
      ["/test.Test/Failing", failing],
      ["/test.Test/Reading", reading],
      ["/test.Test/Large", large],
      ["/test.Test/Tidy", tidy],
    ]),
    tenantOf: (caller) => caller,
    ...(options.times && { times: options.times }),
    authenticate: async (authorization) => {
      readBeforeSignIn = budget.held;
      if (authorization !== "Bearer good") throw new GrpcError(grpcCodes.unauthenticated, "Unknown token.");
      return "ann";
    },
    describe: (error) => (error instanceof GrpcError ? error : new GrpcError(grpcCodes.internal, "Leeway failed.")),
    budget,
    trustProxy: false,
    maxConnectionsPerAddress: options.maxConnectionsPerAddress,
  });
  onTestFinished(() => server.close(100));
  // Megabytes: the default counts what waits to be sent, too.
  const session = connect(`http://127.0.0.1:${server.port}`, { maxSessionMemory: 256 });
  session.on("error", () => {});
  onTestFinished(() => session.destroy());
  return { server, session };
}

interface Answer {
  status: string | undefined;
  message: string | undefined;
  body: Buffer;
  httpStatus: number;
}

function call(
  session: ClientHttp2Session,
  path: string,
  body: readonly Buffer[],
  headers: Record<string, string> = {},
): Promise<Answer> {
  const stream = session.request({
    ":method": "POST",
    ":path": path,
    "content-type": "application/grpc",
    te: "trailers",
    authorization: "Bearer good",
    ...headers,
  });
  const parts: Buffer[] = [];
  let seen: Record<string, unknown> = {};
  stream.on("response", (response) => (seen = { ...response }));
  stream.on("trailers", (trailers) => (seen = { ...seen, ...trailers }));
  stream.on("data", (part: Buffer) => parts.push(part));
  for (const part of body) stream.write(part);
  stream.end();
  return new Promise((resolve, reject) => {
    stream.once("error", reject);
    stream.once("close", () =>
      resolve({
        status: seen["grpc-status"] as string | undefined,
        message: seen["grpc-message"] as string | undefined,
        body: Buffer.concat(parts),
        httpStatus: Number(seen[":status"]),
      }),
    );
  });
}

afterEach(() => expect(budget.held).toBe(0));

test("answers each message of a stream, whatever the chunks in which it arrives", async () => {
  const { session } = await started();
  const bytes = Buffer.concat([
    frameOf(Buffer.from("one")),
    frameOf(Buffer.alloc(0)),
    frameOf(Buffer.alloc(90_000, 7)),
  ]);
  for (const size of [1, 3, 1_000, bytes.length]) {
    const chunks = [];
    for (let at = 0; at < Math.min(bytes.length, size === 1 ? 40 : bytes.length); at += size) {
      chunks.push(bytes.subarray(at, at + size));
    }
    if (size === 1) chunks.push(bytes.subarray(40));
    const { status, body } = await call(session, "/test.Test/Echo", chunks);
    expect(status).toBe("0");
    const expected = ["one", "", Buffer.alloc(90_000, 7)].map((part) =>
      frameOf(Buffer.concat([Buffer.from("ann:"), Buffer.from(part)])),
    );
    expect(body.equals(Buffer.concat(expected))).toBe(true);
  }
});

test.each([
  ["First", "0"],
  ["Halfway", "3"],
])("answers more calls of %s on one connection than it may have at a time", async (name, status) => {
  const { session } = await started();
  for (let round = 0; round < 150; round += 1) {
    expect((await call(session, `/test.Test/${name}`, [frameOf(Buffer.from("x"))])).status).toBe(status);
  }
});

test("identifies the sender before it reads anything", async () => {
  const { session } = await started();
  readBeforeSignIn = -1;
  const answer = await call(session, "/test.Test/Echo", [frameOf(Buffer.alloc(100_000))], {
    authorization: "Bearer bad",
  });
  expect(answer).toMatchObject({ status: "16", message: "Unknown token." });
  expect(readBeforeSignIn).toBe(0);
});

test.each([
  ["an unknown call", "/test.Test/None", [frameOf(Buffer.from("x"))], {}, "12"],
  ["a compressed message", "/test.Test/Echo", [Buffer.from([1, 0, 0, 0, 1, 7])], {}, "12"],
  ["a message above the limit", "/test.Test/Echo", [Buffer.from([0, 0x7f, 0xff, 0xff, 0xff])], {}, "8"],
  ["a message that is cut off", "/test.Test/Echo", [Buffer.from([0, 0, 0, 0, 9, 1])], {}, "3"],
  ["a prefix that is cut off", "/test.Test/Echo", [Buffer.from([0, 0])], {}, "3"],
  ["a malformed deadline", "/test.Test/Echo", [], { "grpc-timeout": "soon" }, "3"],
  ["a deadline that passes", "/test.Test/Slow", [], { "grpc-timeout": "20m" }, "4"],
] as const)("refuses %s", async (_, path, body, headers, status) => {
  const { session } = await started();
  expect(await call(session, path, body, headers)).toMatchObject({ status, httpStatus: 200 });
});

test("writes texts of errors so that any character survives", async () => {
  const { session } = await started();
  const { message } = await call(session, "/test.Test/Failing", []);
  expect(message).toMatch(/^[ -~]+$/);
  expect(decodeURIComponent(message ?? "")).toBe('Zeile 1\n{"message":"größer als 100 %"}');
});

test("refuses what is no call of gRPC", async () => {
  const { session } = await started();
  expect((await call(session, "/test.Test/Echo", [], { "content-type": "text/html" })).httpStatus).toBe(415);
});

test("survives bytes that are not HTTP/2, and closed connections", async () => {
  const { server, session } = await started();
  for (let round = 0; round < 20; round += 1) {
    const socket = connectTcp(server.port, "127.0.0.1");
    socket.on("error", () => {});
    socket.write(
      round % 2
        ? "GET / HTTP/1.1\r\n\r\n"
        : Buffer.from(Array.from({ length: 500 }, (_, at) => (at * 7 + round) % 256)),
    );
    await new Promise((resolve) => setTimeout(resolve, 5));
    socket.destroy();
  }
  for (let round = 0; round < 20; round += 1) {
    const stream = session.request({
      ":method": "POST",
      ":path": "/test.Test/Echo",
      "content-type": "application/grpc",
      authorization: "Bearer good",
    });
    stream.on("error", () => {});
    stream.write(frameOf(Buffer.alloc(1_000)).subarray(0, 500));
    await new Promise((resolve) => setTimeout(resolve, 5));
    stream.close(constants.NGHTTP2_CANCEL);
  }
  expect((await call(session, "/test.Test/Echo", [frameOf(Buffer.from("x"))])).status).toBe("0");
  await expect.poll(() => budget.held).toBe(0);
});

test("holds less memory than many senders of large messages would use", async () => {
  const { session } = await started();
  let most = 0;
  const watch = setInterval(() => (most = Math.max(most, budget.held)), 1);
  const answers = await Promise.all(
    Array.from({ length: 16 }, () => call(session, "/test.Test/Echo", [frameOf(Buffer.alloc(1_000_000))])),
  );
  clearInterval(watch);
  expect(answers.every(({ status }) => status === "0")).toBe(true);
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(4 * 2 ** 20);
});

const open = (session: ClientHttp2Session, name: string, headers: Record<string, string> = {}) => {
  const stream = session.request({
    ":method": "POST",
    ":path": `/test.Test/${name}`,
    "content-type": "application/grpc",
    te: "trailers",
    authorization: "Bearer good",
    ...headers,
  });
  stream.on("error", () => {});
  return stream;
};
const prefixOf = (bytes: number) => frameOf(Buffer.alloc(bytes)).subarray(0, 5);

test("holds no memory for a call whose deadline has passed, though it still sends", async () => {
  const { session } = await started();
  for (let round = 0; round < 3; round += 1) {
    const stream = open(session, "Reading", { "grpc-timeout": "50m" });
    stream.resume();
    stream.write(frameOf(Buffer.alloc(10)));
    await new Promise((resolve) => setTimeout(resolve, 120));
    stream.write(prefixOf(2 ** 20));
    await expect.poll(() => ended.length).toBe(round + 1);
    expect(ended.at(-1)).toContain("The call has ended.");
    expect(budget.held).toBe(0);
    stream.destroy();
  }
});

test("gives up a message that arrives too slowly, though its sender is not silent", async () => {
  const { session } = await started({ times: { silenceMs: 5_000, messageMs: () => 300 } });
  const stream = open(session, "Reading");
  let status: unknown;
  stream.on("response", (headers) => (status = headers["grpc-status"]));
  stream.resume();
  stream.write(prefixOf(2 ** 20));
  const timer = setInterval(() => stream.write(Buffer.alloc(1)), 50);
  await expect.poll(() => budget.held).toBe(2 ** 20);
  await expect.poll(() => status).toBe("4");
  clearInterval(timer);
  await expect.poll(() => budget.held).toBe(0);
});

test.each([
  ["takes nothing of its answer", {}],
  ["takes nothing and whose deadline passes", { "grpc-timeout": "100m" }],
])("cuts off a client that %s", async (_, deadline) => {
  const { server } = await started({ times: { silenceMs: 400, messageMs: () => 5_000 } });
  const session = connect(`http://127.0.0.1:${server.port}`, { settings: { initialWindowSize: 0 } });
  session.on("error", () => {});
  onTestFinished(() => session.destroy());
  await new Promise((resolve) => session.once("remoteSettings", resolve));
  const stream = open(session, "Large", deadline);
  stream.end(frameOf(Buffer.from("x")));
  const closed = new Promise((resolve) => stream.once("close", resolve));
  stream.resume();
  await expect.poll(() => ended, { timeout: 3_000 }).toEqual(["GrpcError: The client disconnected."]);
  await closed;
});

test("goes on with a client that reads slowly", async () => {
  const { server } = await started({ times: { silenceMs: 1_000, messageMs: () => 20_000 } });
  const session = connect(`http://127.0.0.1:${server.port}`, { settings: { initialWindowSize: 2 ** 17 } });
  session.on("error", () => {});
  onTestFinished(() => session.destroy());
  const stream = open(session, "Large");
  stream.end(frameOf(Buffer.from("x")));
  let bytes = 0;
  let status: unknown;
  stream.on("trailers", (trailers) => (status = trailers["grpc-status"]));
  stream.on("data", (part: Buffer) => {
    bytes += part.length;
    // Each message takes longer than a client may take nothing.
    stream.pause();
    setTimeout(() => stream.resume(), part.length / 1_000);
  });
  await new Promise((resolve) => stream.once("close", resolve));
  expect([bytes, status]).toEqual([4 * (2 ** 20 + 5), "0"]);
});

test("waits when it closes for handlers that it cuts off", async () => {
  const { server, session } = await started();
  open(session, "Tidy");
  const late = open(session, "Tidy", { "grpc-timeout": "150m" });
  await new Promise((resolve) => late.once("response", resolve));
  await server.close(10);
  expect(ended).toEqual(["tidied", "tidied"]);
});

test("refuses connections beyond the limit of an address", async () => {
  const { server } = await started({ maxConnectionsPerAddress: 1 });
  const second = connect(`http://127.0.0.1:${server.port}`);
  onTestFinished(() => second.destroy());
  await expect(
    new Promise((_, reject) => second.once("error", reject).once("close", () => reject(new Error("closed")))),
  ).rejects.toThrow();
});
