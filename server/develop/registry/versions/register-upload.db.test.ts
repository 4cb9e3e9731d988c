import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import type { Context } from "#server/base/context.ts";
import { listArtifacts, openArtifact } from "#server/develop/tracking/artifacts/queries.ts";
import { removeArtifact } from "#server/develop/tracking/artifacts/remove-artifact.ts";
import { storeArtifact } from "#server/develop/tracking/artifacts/store-artifact.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { externalDataModel, identityModel, mlpModel } from "../../../testing/fixtures/registry/onnx/fixture-models.ts";
import { auditActions, waitingJobs } from "../../../testing/fixtures/registry/testing.ts";
import { findVersion } from "../lookups.ts";
import { listModels } from "../models/queries.ts";
import { describeModel } from "../onnx/describe-model.ts";
import type { ModelIntake } from "../source/model-intake.ts";
import { registerUpload } from "./register-upload.ts";

const folder = mkdtempSync(join(tmpdir(), "leeway-intake-"));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());
const artifacts = await openLocalStore(folder);
const intake: ModelIntake = { artifacts, describeModel, maxBytes: 1_000_000 };
const model = mlpModel([4, 8, 3], { metadata: { labels: "a,b,c" } });
const sha256 = createHash("sha256").update(model).digest("hex");

const upload = (ctx: Context, bytes: Buffer, more: object = {}) =>
  registerUpload(ctx, { name: "digits", ...more }, Readable.from([bytes]), intake);

describe("uploaded model file", () => {
  test(
    "becomes a servable version immediately, stored under its digest",
    inWorkspace(async (ctx) => {
      const version = await upload(ctx, model, { description: "d", tags: [{ key: "k", value: "v" }] });
      const location = `mlflow-artifacts:/models/${sha256}`;
      expect(version).toMatchObject({
        modelName: "digits",
        version: 1,
        description: "d",
        source: location,
        storageLocation: location,
        inspection: "servable",
        sha256,
        sizeBytes: model.length,
        signature: { inputs: [{ name: "x", datatype: "FP32", shape: ["N", 4] }], labels: ["a", "b", "c"] },
        tags: [{ key: "k", value: "v" }],
      });
      const { artifactKey } = await findVersion(ctx, { name: "digits", version: 1 });
      expect(artifactKey).toBe(`${ctx.actor.workspaceId}/models/${sha256}/model.onnx`);
      expect(await buffer(await artifacts.open(artifactKey ?? ""))).toEqual(model);
      expect(await auditActions(ctx)).toEqual(["model.created", "version.created"]);
      expect(await waitingJobs(ctx)).toMatchObject([{ name: "scan-version", data: { versionId: version.id } }]);
    }),
  );

  test(
    "is readable at its location like any artifact, and immutable",
    inWorkspace(async (ctx) => {
      const { storageLocation } = await upload(ctx, model);
      const path = storageLocation.replace("mlflow-artifacts:/", "");
      expect(await listArtifacts(ctx, artifacts, path)).toMatchObject([
        { name: "model.onnx", sizeBytes: model.length },
      ]);
      const file = await openArtifact(ctx, artifacts, `${path}/model.onnx`);
      expect(await buffer(await file.open())).toEqual(model);
      const change = { path: `${path}/model.onnx`, body: Readable.from(["x"]), maxBytes: 9 };
      await expect(storeArtifact(ctx, artifacts, change)).rejects.toMatchObject({ code: "invalid" });
      await expect(removeArtifact(ctx, artifacts, path)).rejects.toMatchObject({ code: "invalid" });
      const other = await newWorkspace(ctx.db);
      await expect(listArtifacts(other, artifacts, path)).rejects.toMatchObject({ code: "not-found" });
    }),
  );

  test(
    "creates two versions but one file when uploaded twice",
    inWorkspace(async (ctx) => {
      await upload(ctx, model);
      expect(await upload(ctx, model)).toMatchObject({ version: 2, sha256 });
      expect(await artifacts.list(`${ctx.actor.workspaceId}/models`)).toHaveLength(1);
    }),
  );

  const broken: [string, Buffer, string, string][] = [
    ["is not ONNX", Buffer.from("hello"), "invalid", "Not an ONNX file"],
    ["is cut off", model.subarray(0, 200), "invalid", "truncated"],
    ["is too large", Buffer.alloc(1_000_001), "too-large", "exceeds the limit of 0\u00a0MiB"],
    ["lacks its weights", externalDataModel("w.bin"), "invalid", '"w.bin", which is missing'],
    ["wants bfloat16", identityModel("bfloat16"), "invalid", "bfloat16"],
  ];
  test.each(broken)("leaves nothing behind if it %s", (_, bytes, code, message) =>
    inWorkspace(async (ctx) => {
      await expect(upload(ctx, bytes)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
      expect(await listModels(ctx)).toEqual([]);
      expect(await auditActions(ctx)).toEqual([]);
      expect(await artifacts.list(`${ctx.actor.workspaceId}/models`)).toEqual([]);
    })(),
  );

  test(
    "is rejected if the client disconnects, and the temporary file is deleted",
    inWorkspace(async (ctx) => {
      const temporary = mkdtempSync(join(folder, "temporary-"));
      vi.stubEnv("TMPDIR", temporary);
      const body = new Readable({
        read() {
          this.push(model.subarray(0, 100));
          this.destroy(Object.assign(new Error("aborted"), { code: "ECONNRESET" }));
        },
      });
      await expect(registerUpload(ctx, { name: "digits" }, body, intake)).rejects.toMatchObject({
        code: "invalid",
        message: expect.stringContaining("The upload was interrupted"),
      });
      expect(readdirSync(temporary)).toEqual([]);
    }),
  );

  test(
    "is not read if sent by a viewer",
    inWorkspace(async (ctx) => {
      const body = Readable.from([model]);
      await expect(registerUpload(ctx, { name: "digits" }, body, intake)).rejects.toMatchObject({ code: "forbidden" });
      expect(body.readableDidRead).toBe(false);
    }, "viewer"),
  );
});
