import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, expect, test } from "vitest";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { mlpModel } from "../../../testing/fixtures/registry/onnx/fixture-models.ts";
import { createRegisteredModel } from "../models/create-registered-model.ts";
import { describeModel } from "../onnx/describe-model.ts";
import { markScanFailed } from "../security/mark-scan-failed.ts";
import { getVersionSecurity } from "../security/queries.ts";
import { requestScan } from "../security/request-scan.ts";
import { scanVersion } from "../security/scan-version.ts";
import { createModelVersion } from "../versions/create-model-version.ts";
import { getVersion } from "../versions/queries.ts";
import { registerUpload } from "../versions/register-upload.ts";
import { markInspectionFailed } from "./mark-inspection-failed.ts";
import { requestInspection } from "./request-inspection.ts";

const folder = mkdtempSync(join(tmpdir(), "leeway-given-up-"));
afterAll(() => rmSync(folder, { recursive: true }));
const artifacts = await openLocalStore(folder);
const key = { name: "digits", version: 1 };
const reason = "The bucket of the artifacts does not answer.";

test(
  "states why an inspection failed and allows a retry; a servable version is unchanged",
  inWorkspace(async (ctx) => {
    await createRegisteredModel(ctx, { name: "digits" });
    const { id: versionId } = await createModelVersion(ctx, { name: "digits", source: "s3://bucket/1" });
    await markInspectionFailed(ctx, { versionId, reason });
    expect(await getVersion(ctx, key)).toMatchObject({
      inspection: "unservable",
      inspectionMessage: expect.stringContaining(reason),
    });
    await requestInspection(ctx, key);
    expect(await getVersion(ctx, key)).toMatchObject({ inspection: "pending", inspectionMessage: null });
    const intake = { artifacts, describeModel, maxBytes: 1_000_000 };
    const uploaded = await registerUpload(ctx, { name: "digits" }, Readable.from([mlpModel([4, 3])]), intake);
    await markInspectionFailed(ctx, { versionId: uploaded.id, reason });
    expect(await getVersion(ctx, { ...key, version: 2 })).toMatchObject({ inspection: "servable" });
  }),
);

test(
  "states why a scan failed and allows a retry; a completed scan is unchanged",
  inWorkspace(async (ctx) => {
    const intake = { artifacts, describeModel, maxBytes: 1_000_000 };
    const { id: versionId } = await registerUpload(ctx, { name: "digits" }, Readable.from([mlpModel([4, 3])]), intake);
    await markScanFailed(ctx, { versionId, reason });
    expect((await getVersionSecurity(ctx, key)).scan).toMatchObject({
      verdict: "failed-to-scan",
      report: { message: expect.stringContaining(reason) },
    });
    await requestScan(ctx, key);
    await scanVersion(ctx, versionId, artifacts);
    await markScanFailed(ctx, { versionId, reason });
    expect((await getVersionSecurity(ctx, key)).scan).toMatchObject({ verdict: "clean" });
  }),
);
