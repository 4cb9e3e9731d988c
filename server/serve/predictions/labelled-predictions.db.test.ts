import { expect, test } from "vitest";
import type { predictions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { newLogged, newServed } from "#server/testing/fixtures/slo/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { readLabelledPredictions } from "./labelled-predictions.ts";

type Inputs = NonNullable<(typeof predictions.$inferInsert)["inputs"]>;
const tensor = (name: string, datatype: string, ...data: (number | string | boolean)[]) => {
  return { name, datatype, shape: [data.length], data };
};
const day = "2026-03-01T";
const micros = (time: string) => BigInt(new Date(time).getTime()) * 1000n;
const range = { from: `${day}10:00:00Z`, to: `${day}12:00:00Z`, time: "request" as const, inputs: [] };

async function read(ctx: Context, endpoint: string, inputs: string[], more: object = {}) {
  const pages = [];
  for await (const page of readLabelledPredictions(ctx, { endpoint, ...range, ...more }, inputs)) pages.push(...page);
  return pages;
}

test(
  "reads labelled predictions of a range, with values of their inputs",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await newServed(ctx);
    const logged = (time: string, inputs: Inputs, more: Partial<Parameters<typeof newLogged>[1]> = {}) =>
      newLogged(ctx, { endpointId, versionId, at: new Date(`${day}${time}Z`), label: "yes", inputs, ...more });
    const usual: Inputs = [tensor("card_id", "INT64", "9007199254740993"), tensor("amount", "FP32", "NaN")];
    await logged("10:00:00", usual, { requestId: "first", eventAt: new Date(`${day}09:59:00Z`) });
    await logged("10:01:00", usual, { requestId: "first", label: undefined });
    await logged("10:02:00", [tensor("card_id", "INT64", 1, 2), tensor("amount", "FP32", 1, 2)]);
    await logged("10:03:00", [tensor("card_id", "INT64", 5)]);
    await logged("10:04:00", usual, { arm: "shadow" });
    await logged("10:05:00", usual, { status: 500 });
    await logged("10:06:00", usual, { label: undefined });
    await logged("12:00:00", usual);
    await logged("11:00:00", [tensor("amount", "FP32", 2), tensor("card_id", "INT64", 7)], { requestId: "last" });
    const inputs = ["card_id", "amount"];
    const first = { requestId: "first", label: "yes", labelAt: micros(`${day}10:00:00Z`) };
    expect(await read(ctx, endpointId, inputs)).toEqual([
      { ...first, at: micros(`${day}10:00:00Z`), cells: [9007199254740993n, Number.NaN] },
      undefined,
      undefined,
      {
        requestId: "last",
        label: "yes",
        at: micros(`${day}11:00:00Z`),
        labelAt: micros(`${day}11:00:00Z`),
        cells: [7n, 2],
      },
    ]);
    const byEvent = await read(ctx, endpointId, [], { time: "event" });
    expect(byEvent[0]?.at).toBe(micros(`${day}09:59:00Z`));
  }),
);

test(
  "refuses an input that the log has redacted",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await newServed(ctx);
    const inputs: Inputs = [{ name: "card_id", datatype: "INT64", shape: [1], sha256: "ab" }];
    await newLogged(ctx, { endpointId, versionId, at: new Date(`${day}10:00:00Z`), label: "1", inputs });
    await expect(read(ctx, endpointId, ["card_id"])).rejects.toThrow('input "card_id" redacted');
    expect(await read(ctx, endpointId, [])).toHaveLength(1);
  }),
);

test(
  "reads on after a page, also among requests of one microsecond",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await newServed(ctx);
    const at = new Date(`${day}10:00:00Z`);
    for (let index = 0; index < 1_003; index += 1) await newLogged(ctx, { endpointId, versionId, at, label: "1" });
    const found = await read(ctx, endpointId, []);
    expect(new Set(found.map((row) => row?.requestId)).size).toBe(1_003);
  }),
);
