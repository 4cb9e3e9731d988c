import { deflateSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import type { Context } from "#server/base/context.ts";
import { listSpans } from "#server/develop/tracking/traces/queries.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { mlflowServer } from "../../testing/fixtures/http/mlflow/testing.ts";
import { ExportRequest } from "./otlp.ts";

const span = { trace_id: Buffer.alloc(16, 1), span_id: Buffer.alloc(8, 2), name: "f\0" };
const body = Buffer.from(
  ExportRequest.encode(ExportRequest.fromObject({ resource_spans: [{ scope_spans: [{ spans: [span] }] }] })).finish(),
);
const type = { "content-type": "application/x-protobuf" };
const toDefault = { ...type, "x-mlflow-experiment-id": "0" };

async function sender(ctx: Context, caller = ctx) {
  const app = await mlflowServer(ctx, { authenticate: async () => caller });
  return (headers: Record<string, string>, payload: Buffer = body) =>
    app.inject({ method: "POST", url: "/v1/traces", headers, payload });
}

test.each([
  ["as they are", {}, body],
  ["by gzip", { "content-encoding": "gzip" }, gzipSync(body)],
  ["by deflate", { "content-encoding": "deflate" }, deflateSync(body)],
] as const)("stores spans sent %s only once when they are repeated", (_, headers, payload) =>
  inWorkspace(async (ctx) => {
    const send = await sender(ctx);
    for (let times = 0; times < 2; times++) {
      const response = await send({ ...toDefault, ...headers }, payload);
      expect([response.statusCode, response.headers["content-type"]]).toEqual([200, "application/x-protobuf"]);
    }
    const id = `tr-${"01".repeat(16)}`;
    expect((await listSpans(ctx, [id])).get(id)).toHaveLength(1);
  })(),
);

test(
  "rejects invalid spans as client errors, and stores nothing without permission or experiment",
  inWorkspace(async (ctx) => {
    const send = await sender(ctx);
    expect((await send(type)).statusCode).toBe(422);
    const refused: [Record<string, string>, Buffer, number][] = [
      [{ ...toDefault, "content-type": "application/json" }, Buffer.from("{}"), 400],
      [toDefault, Buffer.from("no protobuf"), 400],
      [{ ...toDefault, "content-encoding": "gzip" }, body, 400],
      [{ ...toDefault, "content-encoding": "br" }, body, 400],
      [{ ...toDefault, "content-encoding": "gzip" }, gzipSync(Buffer.alloc(70 * 2 ** 20)), 413],
      [{ ...type, "x-mlflow-experiment-id": "abc" }, body, 400],
      [{ ...type, "x-mlflow-experiment-id": "987654" }, body, 404],
    ];
    for (const [headers, payload, status] of refused) expect((await send(headers, payload)).statusCode).toBe(status);
    expect((await (await sender(ctx, as(ctx, "viewer")))(toDefault)).statusCode).toBe(403);
    const other = await newWorkspace(ctx.db);
    expect((await (await sender(ctx, other))(toDefault)).statusCode).toBe(404);
  }),
);
