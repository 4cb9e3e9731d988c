import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { DomainError } from "#server/base/errors.ts";
import { serveFile } from "#server/http/mlflow/send-artifact.ts";
import type { WebDependencies } from "#server/http/server.ts";
import {
  AttemptHeartbeat,
  HeartbeatReply,
  ReportEnd,
  ReportRankEnd,
} from "#server/improve/training/attempts/contract.ts";
import { type AttemptCaller, requireAttempt } from "#server/improve/training/attempts/hold-attempt.ts";
import { recordEnd } from "#server/improve/training/attempts/record-end.ts";
import { recordHeartbeat } from "#server/improve/training/attempts/record-heartbeat.ts";
import { recordRankEnd } from "#server/improve/training/attempts/record-rank-end.ts";
import { addCheckpoint } from "#server/improve/training/checkpoints/add-checkpoint.ts";
import { AddCheckpoint, AddedCheckpoint, Sha256 } from "#server/improve/training/checkpoints/contract.ts";
import { reportRestore } from "#server/improve/training/checkpoints/report-restore.ts";
import { openBlob, storeBlob } from "#server/improve/training/checkpoints/store-blob.ts";
import { appendLog } from "#server/improve/training/log/append-log.ts";
import { AppendLog, maxAppendBytes } from "#server/improve/training/log/contract.ts";
import { answerWrappers } from "./wrapper-errors.ts";

const unpack = promisify(gunzip);

const base = "/training/attempts/:job/:number";
const ofAttempt = z.object({
  job: z.string().max(64),
  number: z.coerce
    .number()
    .int()
    .min(1)
    .max(2 ** 31 - 1),
});
const ofBlob = ofAttempt.extend({ sha256: Sha256 });
const ofCheckpoint = ofAttempt.extend({ checkpoint: z.uuid() });
const Next = z.object({ next: z.number() });

/**
 * What the wrapper of a training job calls, with the token of its attempt: heartbeats, log, checkpoints, end. None of it asks for an API token;
 * each command compares the attempt's in the transaction of its write.
 */
export function trainingAttempts(app: FastifyInstance, deps: WebDependencies): void {
  const { db, artifacts, config } = deps;
  const byToken = "; authenticated by the attempt token";
  const announce = (operation: Omit<(typeof app.operations)[number], "status">) =>
    app.operations.push({ ...operation, summary: operation.summary + byToken, status: 200 });
  const open = { config: { isPublic: true } };
  app.register(async (scope) => {
    answerWrappers(scope);
    // Before the body: whoever does not know the token is answered the same, whatever is sent.
    scope.addHook("onRequest", async (request) => void (await requireAttempt(db, callerOf(request))));
    announce({
      method: "POST",
      path: `${base}/heartbeat`,
      summary: "Send a heartbeat of an attempt; returns whether to continue",
      params: ofAttempt,
      body: AttemptHeartbeat,
      response: HeartbeatReply,
    });
    scope.post(`${base}/heartbeat`, open, async (request) =>
      recordHeartbeat(db, callerOf(request), AttemptHeartbeat.parse(request.body)),
    );
    announce({
      method: "POST",
      path: `${base}/log`,
      summary: "Append to the log of an attempt; stored bytes are skipped, a gap is rejected with 409",
      params: ofAttempt,
      query: AppendLog,
      body: "stream",
      response: Next,
    });
    scope.post(`${base}/log`, open, async (request, reply) => {
      const { start, dropped } = AppendLog.parse(request.query);
      const bytes = await bodyOf(request);
      const { next, isTaken } = await appendLog(db, callerOf(request), { start, dropped, bytes });
      return reply.code(isTaken ? 200 : 409).send({ next, ...(!isTaken && { error_code: "GAP" }) });
    });
    announce({
      method: "PUT",
      path: `${base}/blobs/:sha256`,
      summary: "Upload a file of a checkpoint, named by its SHA-256; 422 if the digest differs",
      params: ofBlob,
      body: "stream",
    });
    scope.put(`${base}/blobs/:sha256`, open, async (request, reply) => {
      const { sha256 } = ofBlob.parse(request.params);
      const body = request.body instanceof Readable ? request.body : Readable.from([]);
      const limits = { artifacts, maxBytes: config.maxUploadBytes };
      if (await storeBlob(db, callerOf(request), { sha256, body }, limits)) return {};
      return reply.code(422).send({ error_code: "DIGEST", message: "The SHA-256 of the file differs." });
    });
    announce({
      method: "GET",
      path: `${base}/blobs/:sha256`,
      summary: "Get a file of a checkpoint, or a range of it; HEAD says whether it is stored",
      params: ofBlob,
    });
    serveFile(
      scope,
      `${base}/blobs/:sha256`,
      (request) => openBlob(db, callerOf(request), { sha256: ofBlob.parse(request.params).sha256, artifacts }),
      open.config,
    );
    announce({
      method: "POST",
      path: `${base}/checkpoints`,
      summary: "Add a checkpoint whose files have been sent",
      params: ofAttempt,
      body: AddCheckpoint,
      response: AddedCheckpoint,
    });
    scope.post(`${base}/checkpoints`, open, async (request) =>
      addCheckpoint(db, callerOf(request), AddCheckpoint.parse(request.body), artifacts),
    );
    for (const outcome of ["restored", "torn"] as const) {
      const path = `${base}/checkpoints/:checkpoint/${outcome}`;
      const what = outcome === "torn" ? "did not match their digests" : "were restored with equal digests";
      announce({
        method: "POST",
        path,
        summary: `Report that the files of a checkpoint ${what}`,
        params: ofCheckpoint,
      });
      scope.post(path, open, async (request) => {
        const { checkpoint: checkpointId } = ofCheckpoint.parse(request.params);
        await reportRestore(db, callerOf(request), { checkpointId, outcome }, artifacts);
        return {};
      });
    }
    announce({
      method: "POST",
      path: `${base}/end`,
      summary: "Report how the program of an attempt ended",
      params: ofAttempt,
      body: ReportEnd,
    });
    scope.post(`${base}/end`, open, async (request) => {
      await recordEnd(db, callerOf(request), ReportEnd.parse(request.body));
      return {};
    });
    announce({
      method: "POST",
      path: `${base}/rank-end`,
      summary: "Report how the program on another machine of an attempt ended; a failure ends the attempt",
      params: ofAttempt,
      body: ReportRankEnd,
    });
    scope.post(`${base}/rank-end`, open, async (request) => {
      await recordRankEnd(db, callerOf(request), ReportRankEnd.parse(request.body));
      return {};
    });
  });
  servePython(app);
}

/** Neither file is a secret: the wrapper is in every package, and both are part of the source. */
const pythonFiles = [
  {
    path: "/training/wrapper",
    file: new URL("../../improve/training/wrapper/leeway_run.py", import.meta.url),
    summary: "Get leeway_run.py, which runs in front of the command of a training job; its ETag is its SHA-256",
  },
  {
    path: "/training/client",
    file: new URL("../../improve/training/wrapper/leeway_jobs.py", import.meta.url),
    summary: "Get leeway_jobs.py, by which Python submits training jobs; its ETag is its SHA-256",
  },
];

function servePython(app: FastifyInstance): void {
  for (const { path, file, summary } of pythonFiles) {
    app.operations.push({ method: "GET", path, summary, status: 200 });
    app.get(path, { config: { isPublic: true } }, async (request, reply) => {
      const text = await readFile(file);
      const etag = `"${createHash("sha256").update(text).digest("hex")}"`;
      reply.header("etag", etag).type("text/x-python; charset=utf-8").header("x-content-type-options", "nosniff");
      return request.headers["if-none-match"] === etag ? reply.code(304).send() : reply.send(text);
    });
  }
}

function callerOf(request: FastifyRequest): AttemptCaller {
  const { job, number } = ofAttempt.parse(request.params);
  const token = /^bearer\s+(\S+)$/i.exec(request.headers.authorization?.trim() ?? "")?.[1];
  if (token === undefined) throw new DomainError("unauthenticated", "Send the attempt token as Authorization: Bearer.");
  return { jobId: job, number, token };
}

/** Reads bytes of a log, of at most a mebibyte, packed or not. @throws DomainError "too-large", "invalid" */
async function bodyOf({ body, headers }: FastifyRequest): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  if (body instanceof Readable) {
    for await (const part of body.iterator({ destroyOnReturn: false })) {
      size += part.length;
      if (size > maxAppendBytes) throw tooLarge();
      parts.push(part);
    }
  }
  const bytes = Buffer.concat(parts);
  const encoding = headers["content-encoding"] ?? "identity";
  if (encoding === "identity") return bytes;
  if (encoding !== "gzip") throw new DomainError("invalid", "Only gzip is known as Content-Encoding.");
  return unpack(bytes, { maxOutputLength: maxAppendBytes }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ERR_BUFFER_TOO_LARGE") throw tooLarge();
    throw new DomainError("invalid", "The body is not gzip.", { cause: error });
  });
}

const tooLarge = () => new DomainError("too-large", "One call takes at most 1 MiB of log.");
