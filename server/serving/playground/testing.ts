import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLocalStore } from "#server/artifacts/local-store.ts";
import type { ArtifactStore } from "#server/artifacts/store.ts";
import { demoFile } from "#server/demo/recording.ts";
import { describeModel } from "#server/registry/onnx/describe-model.ts";
import { createModelRunner, type ModelRunner } from "../model-runner.ts";
import { newModelFolder } from "../testing.ts";
import { createPlayground, type Playground } from "./playground.ts";

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
    ...{ playground, runner, models, store },
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
