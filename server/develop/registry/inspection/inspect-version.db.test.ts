import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, describe, expect, test } from "vitest";
import { experiments, runs } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { recordFile } from "#server/platform/artifacts/record-file.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { externalDataModel, mlpModel } from "../../../testing/fixtures/registry/onnx/fixture-models.ts";
import { loggedModel, waitingJobs } from "../../../testing/fixtures/registry/testing.ts";
import { findVersion } from "../lookups.ts";
import { createRegisteredModel } from "../models/create-registered-model.ts";
import { getModel } from "../models/queries.ts";
import { describeModel } from "../onnx/describe-model.ts";
import type { ModelIntake } from "../source/model-intake.ts";
import type { CreateModelVersion } from "../versions/contract.ts";
import { createModelVersion } from "../versions/create-model-version.ts";
import { getVersion } from "../versions/queries.ts";
import { inspectVersion } from "./inspect-version.ts";
import { requestInspection } from "./request-inspection.ts";

const folder = mkdtempSync(join(tmpdir(), "leeway-intake-"));
afterAll(() => rmSync(folder, { recursive: true }));
const artifacts = await openLocalStore(folder);
const intake: ModelIntake = { artifacts, describeModel, maxBytes: 1_000_000 };
const model = mlpModel([4, 8, 3], { metadata: { labels: "a,b,c" } });
const sha256 = createHash("sha256").update(model).digest("hex");

describe("version inspection", () => {
  const root = "77/models/m-1/artifacts";
  const put = (ctx: Context, path: string, content: Buffer | string) =>
    artifacts.put(`${ctx.actor.workspaceId}/${path}`, Readable.from([Buffer.from(content as Buffer)]));

  /** Creates and inspects a version of logged model m-1, or of another source. */
  async function inspected(ctx: Context, input: Partial<CreateModelVersion> = {}) {
    await createRegisteredModel(ctx, { name: "digits" });
    await loggedModel(ctx, "m-1", "run1");
    const { id } = await createModelVersion(ctx, { name: "digits", source: "models:/m-1", ...input });
    await inspectVersion(ctx, id, intake);
    return getVersion(ctx, { name: "digits", version: 1 });
  }

  test(
    "marks a version servable if MLmodel names its ONNX file",
    inWorkspace(async (ctx) => {
      await put(ctx, `${root}/MLmodel`, "flavors:\n  onnx:\n    data: model.onnx\n");
      await put(ctx, `${root}/model.onnx`, model);
      await put(ctx, `${root}/other.onnx`, "x");
      const version = await inspected(ctx);
      expect(version).toMatchObject({
        inspection: "servable",
        inspectionMessage: null,
        sha256,
        sizeBytes: model.length,
      });
      expect(version.signature?.outputs).toEqual([{ name: "y", datatype: "FP32", shape: ["N", 3] }]);
      expect(version.graph).toMatchObject({ parameterCount: 4 * 8 + 8 * 3 });
      const { artifactKey, inspectedAt } = await findVersion(ctx, { name: "digits", version: 1 });
      expect(artifactKey).toBe(`${ctx.actor.workspaceId}/${root}/model.onnx`);
      expect(inspectedAt).toBeInstanceOf(Date);
    }),
  );

  test(
    "marks a version with weights in a second file as servable",
    inWorkspace(async (ctx) => {
      await put(ctx, `${root}/data/model.onnx`, externalDataModel("w.bin"));
      await put(ctx, `${root}/data/w.bin`, Buffer.alloc(8));
      expect(await inspected(ctx)).toMatchObject({
        inspection: "servable",
        sizeBytes: externalDataModel("w.bin").length + 8,
      });
    }),
  );

  test(
    "finds the file in the artifacts of a run, and by its own path",
    inWorkspace(async (ctx) => {
      const { workspaceId } = ctx.actor;
      await put(ctx, "5/abc/artifacts/model/m.onnx", model);
      const times = { createdAt: 1, updatedAt: 1 };
      await ctx.db.insert(experiments).values({ workspaceId, id: 5, name: "x", artifactLocation: "", ...times });
      await ctx.db.insert(runs).values({
        id: `run-${workspaceId}`,
        workspaceId,
        experimentId: 5,
        name: "r",
        userName: "",
        status: "FINISHED",
        startedAt: 1,
        updatedAt: 1,
        artifactUri: "mlflow-artifacts:/5/abc/artifacts",
      });
      expect(await inspected(ctx, { source: `runs:/run-${workspaceId}/model` })).toMatchObject({ sha256 });
      const file = "mlflow-artifacts:/5/abc//artifacts/model/m.onnx";
      const { id, version } = await createModelVersion(ctx, { name: "digits", source: file });
      await inspectVersion(ctx, id, intake);
      expect(await getVersion(ctx, { name: "digits", version })).toMatchObject({ sha256 });
    }),
  );

  test(
    "marks other model kinds unservable, with the signature declared in MLmodel",
    inWorkspace(async (ctx) => {
      const tensor = (name: string) =>
        `'[{"type":"tensor","name":"${name}","tensor-spec":{"dtype":"float64","shape":[-1,4]}}]'`;
      const signature = `signature:\n  inputs: ${tensor("x")}\n  outputs: ${tensor("y")}\n`;
      await put(ctx, `${root}/MLmodel`, `flavors:\n  sklearn:\n    a: b\n${signature}`);
      const version = await inspected(ctx);
      expect(version).toMatchObject({
        inspection: "unservable",
        inspectionMessage: expect.stringContaining("sklearn"),
      });
      expect(version.signature?.inputs).toEqual([{ name: "x", datatype: "FP64", shape: ["batch", 4] }]);
    }),
  );

  const reasons: [string, Record<string, Buffer | string>, Partial<CreateModelVersion>, string][] = [
    ["nothing is there", {}, {}, "No files found"],
    [
      "it is of another kind",
      { MLmodel: "flavors:\n  sklearn:\n    a: b\n" },
      {},
      "flavour is sklearn; Leeway serves ONNX models",
    ],
    ["there is no ONNX file", { "a.txt": "x" }, {}, "No ONNX file found"],
    ["several could be meant", { "a.onnx": model, "b.onnx": model }, {}, "Found 2 ONNX files (a.onnx, b.onnx)"],
    ["its file was not uploaded", { MLmodel: "flavors:\n  onnx:\n    data: m.onnx\n" }, {}, '"m.onnx", which was not'],
    ["it is too large", { "a.onnx": Buffer.alloc(1_000_001) }, {}, "MAX_UPLOAD_BYTES"],
    ["it is cut off", { "a.onnx": model.subarray(0, 99) }, {}, "truncated"],
    ["it lies elsewhere", {}, { source: "s3://bucket/model" }, "cannot read s3://bucket/model"],
    ["its run is not there", {}, { source: "runs:/none/model" }, "The run none"],
    ["its path is odd", {}, { source: "mlflow-artifacts:/a/b#c" }, "Invalid path"],
    ["it is some other file", {}, { source: `mlflow-artifacts:/${root}/a.pkl` }, "No files found"],
  ];
  test.each(reasons)("marks a version unservable with the reason if %s", (_, files, input, message) =>
    inWorkspace(async (ctx) => {
      for (const [path, content] of Object.entries(files)) await put(ctx, `${root}/${path}`, content);
      expect(await inspected(ctx, input)).toMatchObject({
        inspection: "unservable",
        inspectionMessage: expect.stringContaining(message),
        signature: null,
      });
    })(),
  );

  test(
    "marks a version unservable without loading a file that differs from the upload",
    inWorkspace(async (ctx) => {
      const key = `${ctx.actor.workspaceId}/${root}/m.onnx`;
      await put(ctx, `${root}/m.onnx`, model);
      await recordFile(ctx, key, { sizeBytes: model.length, sha256: "0".repeat(64) });
      expect(await inspected(ctx)).toMatchObject({
        inspection: "unservable",
        inspectionMessage: expect.stringContaining('"m.onnx" differs from the uploaded one (SHA-256 mismatch)'),
      });
      await recordFile(ctx, key, { sizeBytes: model.length, sha256 });
      await requestInspection(ctx, { name: "digits", version: 1 });
      const { id } = await findVersion(ctx, { name: "digits", version: 1 });
      await inspectVersion(ctx, id, intake);
      expect(await getVersion(ctx, { name: "digits", version: 1 })).toMatchObject({ inspection: "servable", sha256 });
    }),
  );

  test(
    "changes nothing when the job runs again, or after deletion",
    inWorkspace(async (ctx) => {
      await put(ctx, `${root}/m.onnx`, model);
      const version = await inspected(ctx);
      await artifacts.remove(`${ctx.actor.workspaceId}/${root}`);
      await inspectVersion(ctx, version.id, intake);
      expect(await getVersion(ctx, { name: "digits", version: 1 })).toEqual(version);
      await expect(inspectVersion(ctx, ctx.actor.workspaceId, intake)).resolves.toBeUndefined();
    }),
  );

  test(
    "stays pending if the store fails, so that the job is retried",
    inWorkspace(async (ctx) => {
      await createRegisteredModel(ctx, { name: "digits" });
      await loggedModel(ctx, "m-1");
      const { id } = await createModelVersion(ctx, { name: "digits", source: "models:/m-1" });
      const away: ModelIntake = {
        ...intake,
        artifacts: { ...artifacts, list: () => Promise.reject(new Error("disk away")) },
      };
      await expect(inspectVersion(ctx, id, away)).rejects.toThrow("disk away");
      expect(await getVersion(ctx, { name: "digits", version: 1 })).toMatchObject({ inspection: "pending" });
    }),
  );

  test(
    "can be repeated once files exist, but not for a servable version",
    inWorkspace(async (ctx) => {
      const { id } = await inspected(ctx);
      const key = { name: "digits", version: 1 };
      await put(ctx, `${root}/m.onnx`, model);
      await requestInspection(ctx, key);
      expect(await getVersion(ctx, key)).toMatchObject({ inspection: "pending", inspectionMessage: null });
      expect((await waitingJobs(ctx)).map(({ name }) => name)).toEqual([
        "inspect-version",
        "inspect-version",
        "scan-version",
        "scan-version",
      ]);
      await inspectVersion(ctx, id, intake);
      expect(await getVersion(ctx, key)).toMatchObject({ inspection: "servable", sha256 });
      await expect(requestInspection(ctx, key)).rejects.toMatchObject({ code: "conflict" });
      await expect(requestInspection(ctx, { name: "digits", version: 9 })).rejects.toMatchObject({ code: "not-found" });
      expect(await getModel(ctx, "digits")).toMatchObject({ latestVersions: [{ version: 1 }] });
    }),
  );
});
