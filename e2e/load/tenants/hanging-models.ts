import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { archiveEndpoint } from "#server/release/endpoints/archive-endpoint.ts";
import { findEndpoint } from "#server/serve/endpoints/lookups.ts";
import { externalDataModel } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import { mlpSignature } from "#server/testing/fixtures/serving/testing.ts";
import { deploy } from "../gateway-fixture.ts";
import type { Tenant } from "./second-workspace.ts";

const models = 4;
const releaseLimitMs = 60_000;

interface Place {
  tenant: Tenant;
  /** Folder of model files. */
  artifacts: string;
  gatewayUrl: string;
}

/** Deployed models whose loading does not end before they are removed. */
export interface HangingModels {
  /** Models that the gateway reports as being loaded. */
  loading(): Promise<number>;
  /** Archives their endpoints and lets their loading end. */
  remove(): Promise<void>;
}

/**
 * Deploys four models whose weights are a pipe that nobody writes to: the gateway opens it and waits, as for a file system that does not
 * respond. @param round makes the names unique
 */
export async function deployHangingModels(
  { tenant, artifacts, gatewayUrl }: Place,
  round: number,
): Promise<HangingModels> {
  const { ctx, headers } = tenant;
  const names = Array.from({ length: models }, (_, index) => `hanging-${round}-${index}`);
  const folder = join(artifacts, ctx.actor.workspaceId, "load");
  await mkdir(folder, { recursive: true });
  const pipes = names.map((name) => join(folder, `${name}.bin`));
  for (const [index, name] of names.entries()) {
    await promisify(execFile)("mkfifo", [pipes[index] as string]);
    await deploy(ctx, artifacts, { name, model: externalDataModel(`${name}.bin`), signature });
  }
  return {
    loading: async () => {
      const reports = await Promise.all(
        names.map(async (name) => {
          const response = await fetch(`${gatewayUrl}/v2/models/${name}/ready`, { headers });
          return (await response.text()).includes("is being loaded");
        }),
      );
      return reports.filter(Boolean).length;
    },
    remove: async () => {
      for (const name of names) {
        const { id: endpointId } = await findEndpoint(ctx, name);
        await archiveEndpoint(ctx, { endpointId });
      }
      await closeWhileRead(pipes);
    },
  };
}

const signature = {
  ...mlpSignature,
  inputs: [{ name: "x", datatype: "FP32" as const, shape: ["N", 2] }],
  outputs: [{ name: "y", datatype: "FP32" as const, shape: ["N", 2] }],
};

/** Opens and closes the pipes until none has had a reader for a while: a reader then gets an empty file. */
async function closeWhileRead(pipes: readonly string[]): Promise<void> {
  const startedAt = performance.now();
  for (let quietRounds = 0; quietRounds < 4; await pause(500)) {
    if (performance.now() - startedAt > releaseLimitMs) throw new Error("The loading of the models did not end.");
    const hadReader = await Promise.all(pipes.map(openForWriting));
    quietRounds = hadReader.some(Boolean) ? 0 : quietRounds + 1;
  }
}

async function openForWriting(path: string): Promise<boolean> {
  try {
    const file = await open(path, constants.O_WRONLY | constants.O_NONBLOCK);
    await file.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENXIO") return false;
    throw error;
  }
}
