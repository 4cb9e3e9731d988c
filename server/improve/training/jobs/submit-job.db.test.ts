import { expect, test } from "vitest";
import { inWorkspace } from "#server/testing/testing.ts";
import { createEngine } from "../engines/create-engine.ts";
import { submitJob } from "./submit-job.ts";

const artifacts = { stat: () => Promise.reject(new Error("No job has a package.")) };

test(
  "refuses several machines where an engine has one, and takes them where it has more",
  inWorkspace(async (ctx) => {
    await createEngine(ctx, { name: "local", settings: { kind: "local" } }, { allowsLocal: true });
    const settings = { kind: "kubernetes", namespace: "training", image: "train:1" } as const;
    await createEngine(ctx, { name: "cluster", settings }, { allowsLocal: false });
    const spec = { command: ["true"], resources: { nodes: 2 } };
    await expect(submitJob(ctx, { engine: "local", spec }, { artifacts })).rejects.toMatchObject({
      code: "invalid",
      message: '"local" starts each job on one machine.',
      field: "spec.resources.nodes",
    });
    expect((await submitJob(ctx, { engine: "cluster", spec }, { artifacts })).state).toBe("waiting");
  }),
);
