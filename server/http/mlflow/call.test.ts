import { expect, test } from "vitest";
import type { Context } from "#server/base/context.ts";
import type { WebDependencies } from "#server/http/server.ts";
import { type Call, call } from "./call.ts";
import { list, required, text } from "./fields.ts";

const run = (one: Call, sent: Record<string, unknown>) => one.run({} as Context, sent, {} as WebDependencies);
const shape = { run_id: required(text()), order_by: list(text()) };
const echo = async (_: Context, input: object) => input;

test("accepts run_uuid, the old name of run_id", async () => {
  const one = call("POST", "runs/get", shape, echo);
  expect(await run(one, { run_uuid: "a" })).toEqual({ run_id: "a", order_by: [] });
  expect(await run(one, { run_id: "b", run_uuid: "a" })).toEqual({ run_id: "b", order_by: [] });
});

test("takes the first of a repeated scalar in a query, and one value as a list", async () => {
  const one = call("GET", "runs/get", shape, echo);
  expect(await run(one, { run_id: ["a", "b"], order_by: "x" })).toEqual({ run_id: "a", order_by: ["x"] });
  expect(await run(one, { run_id: "a", order_by: ["x", "y"] })).toEqual({ run_id: "a", order_by: ["x", "y"] });
});

test("requires a list for a list field in a body", () => {
  const one = call("POST", "runs/get", shape, echo);
  expect(() => run(one, { run_id: "a", order_by: "x" })).toThrow("Invalid value \"x\" for parameter 'order_by'");
});
