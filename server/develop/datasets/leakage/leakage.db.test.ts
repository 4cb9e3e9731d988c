import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { lastAudit, waitingJobs } from "#server/testing/fixtures/registry/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { uploadRows } from "../../../testing/fixtures/datasets/testing.ts";
import { findLeakage } from "./find-leakage.ts";
import { getLeakageCheck, listLeakageChecks } from "./queries.ts";
import { requestLeakageCheck } from "./request-leakage-check.ts";

const folder = mkdtempSync(join(tmpdir(), "leeway-leakage-"));
afterAll(() => rmSync(folder, { recursive: true }));
const store = await openLocalStore(folder);

test(
  "counts and returns rows in both the training and the test split",
  inWorkspace(async (ctx) => {
    const train = await uploadRows(ctx, store, { name: "train", rows: "x,y\n1,a\n2,b\n" });
    const held = await uploadRows(ctx, store, { name: "test", rows: "y,x\nb,2.0\nc,3\n" });
    const side = (name: string, digest: string | null) => ({ name, digest: digest ?? "" });
    const question = { left: side("train", train.digest), right: side("test", held.digest) };
    const { id } = await requestLeakageCheck(ctx, { name: "test", question });
    const requested = (await waitingJobs(ctx)).filter(({ name }) => name === "find-leakage");
    expect(requested).toMatchObject([{ data: { checkId: id } }]);
    expect(await lastAudit(ctx)).toMatchObject({ action: "dataset.leakage-check-requested", subject: "dataset/test" });
    for (let attempt = 0; attempt < 2; attempt++) await findLeakage(ctx, id, store);
    expect(await getLeakageCheck(ctx, { name: "test", id })).toMatchObject({
      state: "done",
      result: {
        columns: ["x", "y"],
        leftRows: 2,
        rightRows: 2,
        sharedRows: 1,
        examples: [{ leftAt: 3, rightAt: 2, values: ["2", "b"] }],
      },
    });
    expect(await listLeakageChecks(ctx, "test")).toHaveLength(1);
  }),
);

test(
  "reports a missing split column as a result instead of a job failure",
  inWorkspace(async (ctx) => {
    const { digest } = await uploadRows(ctx, store, { rows: "x\n1\n" });
    const side = (value: string) => ({
      name: "flights",
      digest: digest ?? "",
      where: { column: "fold", value },
    });
    const question = { left: side("train"), right: side("test") };
    const { id } = await requestLeakageCheck(ctx, { name: "flights", question });
    await findLeakage(ctx, id, store);
    expect(await getLeakageCheck(ctx, { name: "flights", id })).toMatchObject({
      state: "failed",
      result: null,
      problem: expect.stringContaining('"fold"'),
    });
  }),
);

test(
  "rejects the same rows on both sides, a missing version, and another dataset",
  inWorkspace(async (ctx) => {
    const { digest } = await uploadRows(ctx, store, { rows: "x\n1\n" });
    const side = { name: "flights", digest: digest ?? "" };
    const request = (name: string, right: typeof side) =>
      requestLeakageCheck(ctx, { name, question: { left: side, right } });
    await expect(request("flights", side)).rejects.toMatchObject({ code: "invalid" });
    await expect(request("flights", { ...side, digest: "d1" })).rejects.toMatchObject({ code: "not-found" });
    await expect(request("other", { ...side, digest: "d1" })).rejects.toMatchObject({ code: "invalid" });
  }),
);
