import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import type { Context } from "#server/base/context.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { expectRefusal, newRun } from "../../../testing/fixtures/tracking/testing.ts";
import { storeArtifact } from "../artifacts/store-artifact.ts";
import { createLoggedModel } from "../models/create-logged-model.ts";
import { createRun } from "../runs/create-run.ts";
import { getRunEnvironment, listRunFiles } from "./file-queries.ts";

async function newStore(): Promise<ArtifactStore> {
  const folder = await mkdtemp(join(tmpdir(), "leeway-artifacts-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return openLocalStore(folder);
}

const put = (ctx: Context, store: ArtifactStore, path: string, content = "x") =>
  storeArtifact(ctx, store, { path, body: Readable.from([Buffer.from(content)]), maxBytes: 1000 });

test(
  "lists the files of a run in all folders, but not those of another workspace",
  inWorkspace(async (ctx) => {
    const store = await newStore();
    const { runId, experimentId } = await newRun(ctx);
    const root = `${experimentId}/${runId}/artifacts`;
    for (const path of ["z.txt", "plots/big/b.png", "plots/a.png"]) await put(ctx, store, `${root}/${path}`);
    expect(await listRunFiles(ctx, store, runId)).toEqual({
      runId,
      files: ["plots/a.png", "plots/big/b.png", "z.txt"].map((path) => ({ path, sizeBytes: 1 })),
      isCut: false,
    });
    await expectRefusal(listRunFiles(await newWorkspace(ctx.db), store, runId), "not-found");
    const far = await createRun(ctx, { experimentId, name: "far" });
    expect((await listRunFiles(ctx, store, far.id)).files).toEqual([]);
  }),
);

test(
  "reads the environment next to a logged model and in the run's folders, the model's first",
  inWorkspace(async (ctx) => {
    const store = await newStore();
    const { runId, experimentId } = await newRun(ctx);
    expect(await getRunEnvironment(ctx, store, runId)).toEqual({ runId, sources: [], packages: {} });
    const root = `${experimentId}/${runId}/artifacts`;
    await put(
      ctx,
      store,
      `${root}/old/conda.yaml`,
      "dependencies:\n- python=3.10\n- pip:\n  - torch==2.3.0\n  - scipy==1.14\n",
    );
    const model = await createLoggedModel(ctx, { experimentId, name: "net", sourceRunId: runId, params: [], tags: [] });
    const folder = model.artifactUri.replace("mlflow-artifacts:/", "");
    await put(ctx, store, `${folder}/requirements.txt`, "torch==2.4.0\n");
    await put(ctx, store, `${folder}/python_env.yaml`, "python: 3.11.8\n");
    expect(await getRunEnvironment(ctx, store, runId)).toEqual({
      runId,
      sources: ["net/requirements.txt", "net/python_env.yaml", "old/conda.yaml"],
      python: "3.11.8",
      packages: { torch: "2.4.0", scipy: "1.14" },
    });
  }),
);
