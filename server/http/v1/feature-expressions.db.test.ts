import { expect, test } from "vitest";
import { inWorkspace } from "#server/testing/testing.ts";
import { clientOf } from "../../testing/fixtures/http/v1/testing.ts";

const path = "/features/expressions/check";

test(
  "checks an expression over columns, and evaluates it for a row",
  inWorkspace(async (ctx) => {
    const call = await clientOf(ctx);
    const columns = { trips: "int64", hours: "float64", at: "timestamp" };
    const cel = "double(trips) / hours";
    expect(await call("POST", path, { cel, columns })).toMatchObject({
      status: 200,
      body: { type: "float64", reads: ["trips", "hours"], result: null },
    });
    const row = { trips: 10, hours: 4 };
    expect((await call("POST", path, { cel, columns, row })).body.result).toEqual({
      value: 2.5,
      isNullOperand: false,
      problem: null,
    });
    expect((await call("POST", path, { cel, columns, row: { hours: 4 } })).body.result).toEqual({
      value: null,
      isNullOperand: true,
      problem: null,
    });
    expect((await call("POST", path, { cel: "trips / 0", columns, row })).body).toMatchObject({
      type: "int64",
      result: { value: null, problem: "Division by zero." },
    });
    const time = { cel: "at + duration('90s')", columns, row: { at: "2026-03-01T12:00:00Z" } };
    expect((await call("POST", path, time)).body.result.value).toMatch(/^2026-03-01T12:01:30/);
  }),
);

test(
  "names the character of a mistake, and the field of a bad value",
  inWorkspace(async (ctx) => {
    const call = await clientOf(ctx);
    const columns = { trips: "int64" };
    expect(await call("POST", path, { cel: "1 + trip", columns })).toMatchObject({
      status: 400,
      body: { error: { message: 'There is no column "trip". Columns: trips.', column: 5 } },
    });
    expect(await call("POST", path, { cel: "trips", columns, type: "string" })).toMatchObject({ status: 400 });
    expect(await call("POST", path, { cel: "trips", columns, row: { trips: 1.5 } })).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining('Column "trips": 1.5 is not an integer.') } },
    });
  }),
);
