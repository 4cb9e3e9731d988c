import { expect, test } from "vitest";
import type { Context } from "#server/base/context.ts";
import type { WebDependencies } from "#server/http/server.ts";
import { type Call, call } from "./call.ts";
import { list, required, text } from "./fields.ts";

const run = (one: Call, sent: Record<string, unknown>) => one.run({} as Context, sent, {} as WebDependencies);
const shape = { run_id: required(text()), order_by: list(text()) };
const echo = async (_: Context, input: object) => input;

test("a run may be named by its old argument", async () => {
  const one = call("POST", "runs/get", shape, echo);
  expect(await run(one, { run_uuid: "a" })).toEqual({ run_id: "a", order_by: [] });
  expect(await run(one, { run_id: "b", run_uuid: "a" })).toEqual({ run_id: "b", order_by: [] });
});

test("in a query the first of a repeated scalar counts, and one value may stand for a list", async () => {
  const one = call("GET", "runs/get", shape, echo);
  expect(await run(one, { run_id: ["a", "b"], order_by: "x" })).toEqual({ run_id: "a", order_by: ["x"] });
  expect(await run(one, { run_id: "a", order_by: ["x", "y"] })).toEqual({ run_id: "a", order_by: ["x", "y"] });
});

test("in a body a list must be a list", () => {
  const one = call("POST", "runs/get", shape, echo);
  expect(() => run(one, { run_id: "a", order_by: "x" })).toThrow("Invalid value \"x\" for parameter 'order_by'");
});
