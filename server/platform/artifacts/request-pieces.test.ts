import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { bounded } from "./receive-file.ts";
import { writeDurably } from "./write-durably.ts";

const folder = await mkdtemp(join(tmpdir(), "leeway-pieces-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Sends a body to a server, and returns what its handler returns. */
async function received<Result>(body: Buffer, handle: (request: IncomingMessage) => Promise<Result>): Promise<Result> {
  let result: Promise<Result> | undefined;
  const server = createServer((request, response) => {
    result = handle(request).finally(() => response.end());
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
    method: "PUT",
    body: new Uint8Array(body),
  });
  if (!result) throw new Error("The request did not arrive.");
  return result;
}

test("gives the memory of a request's body back once it is written, and writes every byte of it", async () => {
  const body = randomBytes(5_000_000);
  const pieces: Buffer[] = [];
  const path = join(folder, "body");
  const stored = await received(body, (request) => {
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.pause();
    return writeDurably(bounded(request, 1e9), path);
  });
  expect(stored).toEqual({ sizeBytes: body.length, sha256: createHash("sha256").update(body).digest("hex") });
  expect((await readFile(path)).equals(body)).toBe(true);
  const freed = pieces.filter(({ buffer }) => (buffer as ArrayBuffer).detached);
  expect(freed.length).toBeGreaterThan(pieces.length / 2);
});

test("leaves pieces of other streams to those who hold them", async () => {
  const piece = Buffer.from(new Uint8Array(200_000).fill(7).buffer);
  await writeDurably(bounded(Readable.from([piece, piece]), 1e9), join(folder, "held"));
  expect(piece.length).toBe(200_000);
  expect(piece.every((byte) => byte === 7)).toBe(true);
});
