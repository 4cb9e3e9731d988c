import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { lastAudit, waitingJobs } from "#server/testing/fixtures/registry/testing.ts";
import { as, inWorkspace } from "#server/testing/testing.ts";
import { uploadedVersionId, uploadRows } from "../../../testing/fixtures/datasets/testing.ts";
import { getDataset, listDatasets } from "../queries.ts";
import { getDatasetVersion } from "../version-queries.ts";
import { checkDataset } from "./check-dataset.ts";
import { listContractRevisions, proposeContract } from "./queries.ts";
import { requestDatasetCheck } from "./request-dataset-check.ts";
import { setContract } from "./set-contract.ts";

const folder = mkdtempSync(join(tmpdir(), "leeway-contracts-"));
afterAll(() => rmSync(folder, { recursive: true }));
const store = await openLocalStore(folder);
const rules = { columns: [{ column: "delay", type: "number" as const, min: 0, max: 100 }] };
const contract = { name: "flights", rules, reason: "as agreed" };

test(
  "checks a new version against the contract automatically, and reports violations",
  inWorkspace(async (ctx) => {
    await uploadRows(ctx, store, { rows: "delay\n1\n2\n" });
    const { id: contractId } = await setContract(ctx, contract);
    const { digest } = await uploadRows(ctx, store, { rows: "delay\n1\n-7\nsoon\n" });
    const versionId = await uploadedVersionId(ctx, digest ?? "");
    const jobs = (await waitingJobs(ctx)) as { name: string; data: object }[];
    // Jobs of one transaction have the same creation time, so their order is undefined.
    expect(jobs).toContainEqual(
      expect.objectContaining({
        name: "check-dataset",
        data: expect.objectContaining({ versionId, contractId }),
      }),
    );
    for (let attempt = 0; attempt < 2; attempt++) await checkDataset(ctx, { versionId, contractId }, store);
    const { checks } = await getDatasetVersion(ctx, { name: "flights", digest: digest ?? "" });
    expect(checks).toMatchObject([
      {
        digest,
        revision: 1,
        passed: false,
        results: [
          { rule: "required", passed: true },
          { rule: "type", passed: false, violations: 1, examples: [{ at: 4, value: "soon" }] },
          { rule: "range", passed: false, measured: "-7 to 1", examples: [{ at: 3, value: "-7" }] },
        ],
      },
    ]);
    expect(await listDatasets(ctx)).toMatchObject([{ check: { passed: false, failed: 2 }, contractRevision: 1 }]);
    expect(await lastAudit(ctx)).toMatchObject({
      action: "dataset.checked",
      after: { digest, revision: 1, passed: false, broken: ["delay: type", "delay: range"] },
    });
  }),
);

test(
  "keeps contract revisions with their reason, and checks the newest version against the next one",
  inWorkspace(async (ctx) => {
    await uploadRows(ctx, store, { rows: "delay\n1\n2\n" });
    await setContract(ctx, contract);
    await setContract(ctx, { ...contract, rules: { columns: [] }, reason: "too strict" });
    expect(await listContractRevisions(ctx, "flights")).toMatchObject([
      { revision: 2, reason: "too strict", rules: { columns: [] } },
      { revision: 1, reason: "as agreed", rules: { columns: [{ column: "delay", nullable: true }] } },
    ]);
    expect(await getDataset(ctx, "flights")).toMatchObject({ contract: { revision: 2 }, contractRevision: 2 });
    expect(await lastAudit(ctx)).toMatchObject({
      action: "dataset.contract-set",
      before: { revision: 1 },
      after: { revision: 2 },
      reason: "too strict",
    });
    const jobs = (await waitingJobs(ctx)) as { name: string }[];
    expect(jobs.filter(({ name }) => name === "check-dataset")).toHaveLength(2);
  }),
);

test(
  "checks an older version on request if it has a contract and rows",
  inWorkspace(async (ctx) => {
    const { digest } = await uploadRows(ctx, store, { rows: "delay\n1\n" });
    const key = { name: "flights", digest: digest ?? "" };
    await expect(requestDatasetCheck(ctx, key)).rejects.toMatchObject({ code: "conflict" });
    await setContract(ctx, contract);
    await requestDatasetCheck(ctx, key);
    expect(await lastAudit(ctx)).toMatchObject({ action: "dataset.check-requested" });
    const unknown = requestDatasetCheck(ctx, { name: "flights", digest: "d1" });
    await expect(unknown).rejects.toMatchObject({ code: "not-found" });
  }),
);

test(
  "proposes rules from the profile of a version",
  inWorkspace(async (ctx) => {
    const { digest } = await uploadRows(ctx, store, { rows: "delay\n1\n2\n" });
    expect(await proposeContract(ctx, { name: "flights", digest: digest ?? "" })).toMatchObject({
      columns: [{ column: "delay", type: "integer", nullable: false, min: 0, max: 3 }],
    });
  }),
);

test(
  "rejects a contract without a reason, for a missing dataset, and from a viewer",
  inWorkspace(async (ctx) => {
    await expect(setContract(ctx, contract)).rejects.toMatchObject({ code: "not-found" });
    await uploadRows(ctx, store, { rows: "delay\n1\n" });
    await expect(setContract(ctx, { ...contract, reason: " " })).rejects.toThrow("Enter a short reason");
    const lookAhead = { ...contract, rules: { columns: [{ column: "delay", pattern: "(?=1)" }] } };
    await expect(setContract(ctx, lookAhead)).rejects.toThrow("RE2 does not support look-around");
    await expect(setContract(as(ctx, "viewer"), contract)).rejects.toMatchObject({ code: "forbidden" });
  }),
);
