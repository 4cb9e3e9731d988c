import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { mlpModel } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import { serve } from "#server/testing/fixtures/registry/testing.ts";
import { as, inWorkspace } from "#server/testing/testing.ts";
import { clientOf } from "../../testing/fixtures/http/v1/testing.ts";

const folder = mkdtempSync(join(tmpdir(), "leeway-pipelines-"));
afterAll(() => rmSync(folder, { recursive: true }));
const artifacts = await openLocalStore(folder);

// Input x [N,4], output y [N,3].
const model = mlpModel([4, 3]);
const labels = ["a", "b", "c"];
const steps = [{ step: "argmax" }, { step: "labels", labels }];
const pipeline = { before: [], after: [{ name: "label", from: "y", steps }] };
const inQuery = (value: unknown) => encodeURIComponent(JSON.stringify(value));

test(
  "stores an uploaded pipeline, replaces it until the first deployment, then returns a conflict",
  inWorkspace(async (ctx) => {
    const [member, viewer] = [
      await clientOf(as(ctx, "member"), { artifacts }),
      await clientOf(as(ctx, "viewer"), { artifacts }),
    ];
    const uploaded = await member("POST", `/models/m/versions?pipeline=${inQuery(pipeline)}`, model);
    expect(uploaded).toMatchObject({ status: 201, body: { pipelineDigest: expect.any(String) } });
    const path = "/models/m/versions/1/pipeline";
    const { body: shown } = await viewer("GET", path);
    expect(shown).toEqual({
      pipeline,
      digest: uploaded.body.pipelineDigest,
      inputs: [{ name: "x", datatype: "FP32", shape: ["N", 4] }],
      optional: [],
      outputs: [{ name: "label", datatype: "BYTES", shape: ["N"] }],
      problems: [],
      featureProblems: [],
      fixedSince: null,
    });
    expect((await viewer("PUT", path, { pipeline: null })).status).toBe(403);
    const other = { after: [{ name: "place", from: "y", steps: [{ step: "argmax" }] }] };
    const { status, body } = await member("PUT", path, { pipeline: other });
    expect([status, body.outputs]).toEqual([200, [{ name: "place", datatype: "INT64", shape: ["N"] }]]);
    expect(body.digest).not.toBe(shown.digest);
    await serve(ctx, "m", 1, "live");
    expect((await member("PUT", path, { pipeline })).status).toBe(409);
  }),
);

test(
  "rejects an invalid pipeline at its step, and registers nothing when it does not fit the file",
  inWorkspace(async (ctx) => {
    const member = await clientOf(as(ctx, "member"), { artifacts });
    const misfit = { after: [{ name: "label", from: "z" }] };
    const refused = await member("POST", `/models/m/versions?pipeline=${inQuery(misfit)}`, model);
    expect([refused.status, refused.body.error.message]).toEqual([
      400,
      expect.stringContaining('after "label": the model has no output "z"; it has "y".'),
    ]);
    expect((await member("POST", "/models/m/versions?pipeline={", model)).status).toBe(400);
    expect((await member("GET", "/models/m/versions")).status).toBe(404);
    await member("POST", "/models/m/versions", model);
    const unknown = { after: [{ name: "label", from: "y", steps: [{ step: "guess" }] }] };
    const response = await member("PUT", "/models/m/versions/1/pipeline", { pipeline: unknown });
    expect([response.status, response.body.error.message]).toEqual([
      400,
      expect.stringContaining("pipeline.after.0.steps.0"),
    ]);
  }),
);
