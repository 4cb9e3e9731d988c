import { expect, test } from "vitest";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { as, inWorkspace } from "#server/testing/testing.ts";
import { lastAudit, serve } from "../../../testing/fixtures/registry/testing.ts";
import { createRegisteredModel } from "../models/create-registered-model.ts";
import { createModelVersion } from "../versions/create-model-version.ts";
import { getVersion } from "../versions/queries.ts";
import { Pipeline } from "./definition.ts";
import { getPipeline } from "./queries.ts";
import { setPipeline } from "./set-pipeline.ts";

// For the model of newVersion: input x [N,4], output y [N,3].
const best = { name: "best", from: "y", steps: [{ step: "argmax" as const }] };
const pipeline = { after: [best] };
const key = { name: "digits", version: 1 };
const conflict = (message: string) =>
  expect.objectContaining({ code: "conflict", message: expect.stringContaining(message) });

test(
  "sets, returns, audits and removes the pipeline of a version",
  inWorkspace(async (ctx) => {
    await newVersion(ctx);
    const set = await setPipeline(ctx, { ...key, pipeline });
    expect(set).toEqual({
      pipeline: { before: [], after: [best] },
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      inputs: [{ name: "x", datatype: "FP32", shape: ["N", 4] }],
      optional: [],
      outputs: [{ name: "best", datatype: "INT64", shape: ["N"] }],
      problems: [],
      featureProblems: [],
      fixedSince: null,
    });
    expect(await getPipeline(as(ctx, "viewer"), key)).toEqual(set);
    expect(await getVersion(ctx, key)).toMatchObject({ pipelineDigest: set.digest });
    expect(await lastAudit(ctx)).toMatchObject({
      action: "version.pipeline_set",
      subject: "version/digits/1",
      before: { digest: null },
      after: { digest: set.digest },
    });
    expect(await setPipeline(ctx, { ...key, pipeline: null })).toMatchObject({
      pipeline: null,
      digest: null,
      inputs: [],
    });
  }),
);

test(
  "rejects a pipeline that does not match the model with all problems, and changes nothing",
  inWorkspace(async (ctx) => {
    await newVersion(ctx);
    const wrong = {
      after: [
        { ...best, from: "z" },
        { ...best, name: "y" },
      ],
    };
    await expect(setPipeline(ctx, { ...key, pipeline: wrong })).rejects.toEqual(
      expect.objectContaining({
        code: "invalid",
        message: expect.stringMatching(
          /the model has no output "z"; it has "y".* The output "y" has the same name as a model output/,
        ),
      }),
    );
    expect(await getPipeline(ctx, key)).toMatchObject({ pipeline: null });
  }),
);

test(
  "keeps the pipeline of a version that was ever deployed",
  inWorkspace(async (ctx) => {
    await newVersion(ctx);
    await setPipeline(ctx, { ...key, pipeline });
    await serve(ctx, "digits", 1, "live");
    await newVersion(ctx, { version: 2 });
    await serve(ctx, "digits", 2, "live");
    await expect(setPipeline(ctx, { ...key, pipeline: null })).rejects.toEqual(
      conflict("so its pipeline is locked. Register a new version with the new pipeline."),
    );
    expect(await getPipeline(ctx, key)).toMatchObject({ pipeline, fixedSince: expect.any(Date) });
  }),
);

test(
  "accepts a pipeline at registration, and blocks deployment if it does not match the model",
  inWorkspace(async (ctx) => {
    await createRegisteredModel(ctx, { name: "other" });
    const made = await createModelVersion(ctx, { name: "other", source: "s3://bucket/1", pipeline });
    expect(made.pipelineDigest).toMatch(/^[0-9a-f]{64}$/);
    const misfit = Pipeline.parse({ after: [{ ...best, from: "z" }] });
    await newVersion(ctx, { pipeline: misfit });
    const { id: endpointId } = await createEndpoint(ctx, { name: "live" });
    await expect(deployVersion(ctx, { endpointId, model: "digits", version: 1 })).rejects.toEqual(
      conflict(
        `The version's pipeline does not match its model signature; fix it first. after "best": the model has no output "z"`,
      ),
    );
  }),
);
