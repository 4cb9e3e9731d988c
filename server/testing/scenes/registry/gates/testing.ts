import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { predictions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { demoFile, readSamples } from "#server/roles/demo/recording.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import type { LoggedTensor } from "#server/serve/protocol/contract.ts";
import { createModelRunner, type ModelRunner } from "#server/serve/runner/model-runner.ts";
import { type ModelFolder, newModelFolder, newVersion } from "#server/testing/scenes/serving/testing.ts";
import { setAlias } from "../../../../develop/registry/aliases/set-alias.ts";
import { describeModel } from "../../../../develop/registry/onnx/describe-model.ts";

/** The demo's digits models, an endpoint where the second one serves as champion, and real images to ask it. */
export interface DigitsScene {
  models: ModelFolder;
  runner: ModelRunner;
  endpointId: string;
  versionIds: string[];
  images: LoggedTensor[];
  /** Stops what runs models and removes their files. */
  close(): Promise<void>;
}

/** @param count of the demo's versions, from the first */
export async function digitsScene(ctx: Context, count = 4): Promise<DigitsScene> {
  const folder = mkdtempSync(join(tmpdir(), "leeway-gates-"));
  const models = newModelFolder();
  const runner = createModelRunner({
    artifacts: models,
    folder,
    providers: ["cpu"],
    limits: { workers: 1, threads: 1 },
  });
  const versionIds: string[] = [];
  for (let version = 1; version <= count; version += 1) {
    const path = demoFile("digits", `models/digits-v${version}.onnx`);
    const { signature } = await describeModel({ path, isAlone: true });
    versionIds.push((await newVersion(ctx, { version, bytes: readFileSync(path), signature }, models)).id);
  }
  const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
  await deployVersion(ctx, { endpointId, model: "digits", version: 2, reason: "serve" });
  await setAlias(ctx, { name: "digits", alias: "champion", version: 2 });
  const images = (await readSamples("digits")).map(({ inputs }) => ({ ...(inputs[0] as LoggedTensor), name: "image" }));
  const close = async () => {
    await runner.close();
    for (const path of [folder, models.path]) rmSync(path, { recursive: true, force: true });
  };
  return { models, runner, endpointId, versionIds, images, close };
}

interface Logged {
  endpointId: string;
  versionId: string;
  inputs: LoggedTensor[][];
  /** Runs them for the answers; without it, the log has none. */
  runner?: ModelRunner;
  caller?: (place: number) => string;
}

/** Requests in the prediction log, as sampling leaves them, a second apart. */
export async function logRequests(
  ctx: Context,
  { endpointId, versionId, inputs, runner, caller = () => "shop" }: Logged,
): Promise<void> {
  const now = Date.now();
  for (const [place, sent] of inputs.entries()) {
    const ran = runner && (await runner.run(ctx, { versionId, inputs: sent }));
    await ctx.db.insert(predictions).values({
      id: randomUUID(),
      workspaceId: ctx.actor.workspaceId,
      endpointId,
      versionId,
      arm: "stable",
      at: new Date(now - place * 1000),
      requestId: `request-${place}`,
      status: 200,
      provider: "cpu",
      latencyMs: 3,
      caller: caller(place),
      inputs: sent,
      outputs: ran?.outputs ?? null,
    });
  }
}
