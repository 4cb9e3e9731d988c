import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { dayMs } from "#server/base/durations.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { uploadRows } from "#server/testing/fixtures/datasets/testing.ts";
import { newLogged, newServed } from "#server/testing/fixtures/slo/testing.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { getAnalysis } from "../../analyses/queries.ts";
import { requestAnalysis } from "../../analyses/request-analysis.ts";
import { runAnalysis } from "../../analyses/run-analysis.ts";
import { runSkew } from "./run-skew.ts";

const store = await openLocalStore(await mkdtemp(join(tmpdir(), "leeway-skew-")));
const now = Date.now();
const span = { from: new Date(now - dayMs), to: new Date(now + 1000) };

test(
  "compares served features field by field with dataset rows of the same key",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await newServed(ctx);
    const rows = "flight,distance,carrier\nF1,100,UA\nF2,200,AA\nF9,1,UA\n";
    const { digest } = await uploadRows(ctx, store, { name: "offline", rows });
    const tensor = (name: string, data: (string | number)[]) => ({ name, datatype: "FP32", shape: [1], data });
    const log = (flight: string, distance: number, carrier: string) =>
      newLogged(ctx, {
        endpointId,
        versionId,
        at: new Date(now),
        inputs: [tensor("flight", [flight]), tensor("miles", [distance]), tensor("carrier", [carrier])],
      });
    await log("F1", 100.00001, "UA");
    await log("F2", 160.9, "AA");
    await log("F3", 1, "UA");
    const question = {
      endpointId,
      dataset: { name: "offline", digest: digest ?? "" },
      keyInput: "flight",
      keyColumn: "flight",
      columns: { miles: "distance" },
      ...span,
    };
    const result = await runSkew(ctx, store, question);
    expect(result).toMatchObject({ served: 3, matched: 2 });
    expect(
      result.features.map(({ feature, disagreeing, compared }) => `${feature} ${disagreeing}/${compared}`),
    ).toEqual(["miles 1/2", "carrier 0/2", "flight 0/2"]);
    expect(result.features[0]?.examples).toEqual([{ key: "F2", served: 160.9, recomputed: "200" }]);
    await expect(runSkew(ctx, store, { ...question, keyColumn: "id" })).rejects.toMatchObject({ code: "invalid" });
    await expect(runSkew(await newWorkspace(ctx.db), store, question)).rejects.toMatchObject({ code: "not-found" });
  }),
);

test(
  "stores the result of a skew analysis, hidden from other workspaces",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await newServed(ctx);
    const { digest } = await uploadRows(ctx, store, { name: "offline", rows: "id,x\nr1,1\n" });
    const inputs = [{ name: "x", datatype: "FP32", shape: [1], data: [3] }];
    await newLogged(ctx, { endpointId, versionId, at: new Date(now), requestId: "r1", inputs });
    const skew = { endpointId, dataset: { name: "offline", digest: digest ?? "" }, keyColumn: "id", ...span };
    const { id } = await requestAnalysis(ctx, { question: { kind: "skew", skew } });
    const leaseVersion = async () => {
      throw new Error("There are no versions to run.");
    };
    await runAnalysis(ctx, id, { artifacts: store, models: { leaseVersion } });
    expect(await getAnalysis(ctx, id)).toMatchObject({
      state: "done",
      endpointId,
      result: { kind: "skew", skew: { matched: 1, features: [{ feature: "x", disagreeing: 1 }] } },
    });
    const other = await newWorkspace(ctx.db);
    await expect(requestAnalysis(other, { question: { kind: "skew", skew } })).rejects.toMatchObject({
      code: "not-found",
    });
  }),
);
