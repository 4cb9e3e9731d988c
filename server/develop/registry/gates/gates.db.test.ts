import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { markGatesFailed } from "../../../release/gates/mark-gates-failed.ts";
import { getChecklist, listChecklists, listGateRuns } from "../../../release/gates/queries.ts";
import { runGates } from "../../../release/gates/run-gates.ts";
import {
  accuracyGate,
  measuredModel,
  noFiles,
  noModels,
  runGatesNow,
} from "../../../testing/fixtures/registry/requests/testing.ts";
import { setAlias } from "../aliases/set-alias.ts";
import { findVersion } from "../lookups.ts";
import { setPolicy } from "../policy/set-policy.ts";
import { requestGateCheck } from "./request-gate-check.ts";

test(
  "returns the checklist of the first protected alias, unless another is requested",
  inWorkspace(async (ctx) => {
    await measuredModel(ctx, "a", [0.96, 0.961]);
    expect(await getChecklist(ctx, { name: "a", version: 2 })).toEqual({
      version: 2,
      alias: "champion",
      isClear: true,
      gates: [],
    });
    await setPolicy(ctx, { name: "a", policy: { protectedAliases: ["edge"], gates: [accuracyGate] }, reason: "edge" });
    expect(await getChecklist(ctx, { name: "a", version: 2 })).toMatchObject({ alias: "edge", isClear: false });
    await runGatesNow(ctx, "a", 2, "edge");
    expect(await getChecklist(ctx, { name: "a", version: 2 })).toMatchObject({ isClear: true });
    expect(await getChecklist(ctx, { name: "a", version: 2, alias: "champion" })).toMatchObject({
      isClear: false,
      gates: [{ standing: "not-run" }],
    });
    await expect(getChecklist(ctx, { name: "a", version: 9 })).rejects.toMatchObject({ code: "not-found" });
  }),
);

test(
  "lists checklists newest first with their own evidence, and none for missing versions",
  inWorkspace(async (ctx) => {
    await measuredModel(ctx, "a", [0.96, 0.961, 0.8]);
    await setAlias(ctx, { name: "a", alias: "champion", version: 1 });
    await setPolicy(ctx, { name: "a", policy: { gates: [accuracyGate] }, reason: "measure" });
    await runGatesNow(ctx, "a", 2);
    await runGatesNow(ctx, "a", 3);
    const found = await listChecklists(ctx, { name: "a", versions: [1, 2, 3, 9] });
    expect(found.map(({ version, gates }) => [version, gates[0]?.standing])).toEqual([
      [3, "failed"],
      [2, "passed"],
      [1, "not-run"],
    ]);
    expect(await listGateRuns(ctx, { name: "a", version: 3 })).toMatchObject([{ measured: 0.8, baselineVersion: 1 }]);
    await expect(listChecklists(await newWorkspace(ctx.db), { name: "a", versions: [1] })).rejects.toMatchObject({
      code: "not-found",
    });
  }),
);

test(
  "keeps the results of a failed check, and states why the other gates did not run",
  inWorkspace(async (ctx) => {
    await measuredModel(ctx, "a", [0.96]);
    const gates = [accuracyGate, { kind: "replay" as const }];
    await setPolicy(ctx, { name: "a", policy: { gates }, reason: "measure" });
    const { id: versionId } = await findVersion(ctx, { name: "a", version: 1 });
    const check = { versionId, alias: "champion", checkId: randomUUID() };
    await runGates(ctx, check, noModels, noFiles);
    const lines = async () => (await getChecklist(ctx, { name: "a", version: 1 })).gates;
    expect(await lines()).toMatchObject([{ standing: "passed" }, { standing: "pending" }]);
    await setPolicy(ctx, { name: "a", policy: { gates: [...gates, { kind: "metadata" }] }, reason: "more" });
    await markGatesFailed(ctx, { ...check, reason: "The worker ended." });
    expect((await lines()).map(({ standing: status, run }) => [status, run?.words])).toEqual([
      ["passed", expect.stringContaining("96.0%")],
      ["pending", expect.stringContaining("no deployed champion")],
      ["pending", "The gate could not be run. The worker ended"],
    ]);
    await markGatesFailed(ctx, { ...check, versionId: randomUUID(), reason: "x" });
  }),
);

test(
  "rejects running an empty checklist",
  inWorkspace(async (ctx) => {
    await measuredModel(ctx, "a", [0.96]);
    await expect(requestGateCheck(ctx, { name: "a", version: 1, alias: "champion" })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("Add gates to its policy first"),
    });
  }),
);
