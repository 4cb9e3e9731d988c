import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Context } from "#server/base/context.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { seededRandom } from "#server/stats/random.ts";
import { uploadRows } from "#server/testing/fixtures/datasets/testing.ts";
import { as, inWorkspace } from "#server/testing/testing.ts";
import { markAnalysisFailed } from "./mark-analysis-failed.ts";
import { getAnalysis, listAnalyses } from "./queries.ts";
import { requestAnalysis } from "./request-analysis.ts";
import { runAnalysis } from "./run-analysis.ts";

async function twoFiles(ctx: Context) {
  const store = await openLocalStore(await mkdtemp(join(tmpdir(), "leeway-analyses-")));
  const random = seededRandom(1);
  const rows = (shift: number) =>
    `carrier,delay\n${Array.from({ length: 400 }, () => `${random() < 0.5 ? "UA" : "AA"},${shift + random()}`).join("\n")}\n`;
  const upload = async (name: string, shift: number) => {
    const { digest } = await uploadRows(ctx, store, { name, fileName: `${name}.csv`, rows: rows(shift) });
    return { name, digest: digest ?? "" };
  };
  return {
    store,
    question: { kind: "batch" as const, reference: await upload("january", 0), current: await upload("july", 1) },
  };
}

/** Runs nothing. */
const models = {
  leaseVersion: async () => {
    throw new Error("There are no versions to run.");
  },
};

test(
  "compares two files column by column once, in a job requested by a member",
  inWorkspace(async (ctx) => {
    const { store, question } = await twoFiles(ctx);
    const requested = await requestAnalysis(as(ctx, "member"), { question });
    expect(requested).toMatchObject({ state: "waiting", progress: 0, result: null, endpointId: null });
    await runAnalysis(ctx, requested.id, { artifacts: store, models });
    const done = await getAnalysis(as(ctx, "viewer"), requested.id);
    expect(done).toMatchObject({ state: "done", progress: 1, problem: null });
    if (done.result?.kind !== "comparison") throw new Error("It is a comparison.");
    const { comparison } = done.result;
    expect(comparison).toMatchObject({ referenceRows: 400, rows: 400, changed: 1 });
    expect(comparison.columns.map(({ name, word }) => [name, word])).toEqual([
      ["delay", "changed"],
      ["carrier", "about the same"],
    ]);
    // A second delivery of the job changes nothing.
    await runAnalysis(ctx, requested.id, { artifacts: store, models });
    expect(await getAnalysis(ctx, requested.id)).toEqual(done);
    expect((await listAnalyses(ctx, {})).map(({ id }) => id)).toEqual([requested.id]);
  }),
);

test(
  "rejects an impossible comparison before creating a job, and a viewer",
  inWorkspace(async (ctx) => {
    const { question } = await twoFiles(ctx);
    await expect(requestAnalysis(as(ctx, "viewer"), { question })).rejects.toMatchObject({ code: "forbidden" });
    const gone = { ...question, current: { name: "july", digest: "00" } };
    await expect(requestAnalysis(ctx, { question: gone })).rejects.toMatchObject({ code: "not-found" });
    const id = "00000000-0000-4000-8000-000000000000";
    const range = { endpointId: id, versionId: id, from: new Date(2), to: new Date(1) };
    const backwards = { kind: "domain-classifier" as const, ...range };
    await expect(requestAnalysis(ctx, { question: backwards })).rejects.toMatchObject({ code: "invalid" });
    const unknown = { ...backwards, to: new Date(3) };
    await expect(requestAnalysis(ctx, { question: unknown })).rejects.toMatchObject({ code: "not-found" });
    await expect(getAnalysis(ctx, id)).rejects.toMatchObject({ code: "not-found" });
  }),
);

test(
  "fails for files without a common column with a reason, and fails an analysis that never ends",
  inWorkspace(async (ctx) => {
    const { store, question } = await twoFiles(ctx);
    const { digest } = await uploadRows(ctx, store, { name: "other", fileName: "o.csv", rows: "x\n1\n2\n" });
    const other = { name: "other", digest: digest ?? "" };
    const requested = await requestAnalysis(ctx, { question: { ...question, current: other } });
    await runAnalysis(ctx, requested.id, { artifacts: store, models });
    expect(await getAnalysis(ctx, requested.id)).toMatchObject({
      state: "failed",
      problem: expect.stringMatching(/no column/),
    });
    const waiting = await requestAnalysis(ctx, { question });
    await markAnalysisFailed(ctx, { analysisId: waiting.id, reason: "The store is away." });
    const given = await getAnalysis(ctx, waiting.id);
    expect(given).toMatchObject({ state: "failed", problem: expect.stringContaining("The store is away.") });
    await markAnalysisFailed(ctx, { analysisId: waiting.id, reason: "Again." });
    expect(await getAnalysis(ctx, waiting.id)).toEqual(given);
  }),
);
