import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeModel } from "#server/develop/registry/onnx/describe-model.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { demoFile } from "#server/roles/demo/recording.ts";
import { createPlayground, type Playground } from "../../../../serve/playground/playground.ts";
import { createModelRunner, type ModelRunner } from "../../../../serve/runner/model-runner.ts";
import { newModelFolder } from "../testing.ts";

/** A playground with a folder for model files, and a store of datasets. Its caller closes it. */
export interface Bench {
  playground: Playground;
  runner: ModelRunner;
  models: ReturnType<typeof newModelFolder>;
  store: ArtifactStore;
  close(): Promise<void>;
}

/** The playground as the web role makes it, for tests. */
export async function newBench(): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), "leeway-bench-"));
  const models = newModelFolder();
  const store = await openLocalStore(join(folder, "store"));
  const limits = { workers: 1, threads: 1 };
  const runner = createModelRunner({ artifacts: models, folder, providers: ["cpu"], limits });
  const playground = createPlayground({ models: runner, artifacts: store });
  return {
    playground,
    runner,
    models,
    store,
    close: async () => {
      await playground.close();
      await runner.close();
      for (const path of [folder, models.path]) rmSync(path, { recursive: true, force: true });
    },
  };
}

/** A model of the digits of the demo with its signature: "models/digits-v2.onnx". */
export async function demoModel(place: string) {
  const path = demoFile("digits", place);
  const { signature } = await describeModel({ path, isAlone: true });
  return { bytes: readFileSync(path), signature };
}
