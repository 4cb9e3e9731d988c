import { readFile } from "node:fs/promises";
import { type DemoTarget, RequestRefused, send } from "./client.ts";
import { demoFile } from "./recording.ts";

/**
 * Sets the pipeline of every version of the digits, so that a client can send a picture and get a label. Versions already serving stay
 * as they are.
 */
export async function ensurePipelines(target: DemoTarget): Promise<void> {
  const pipeline = JSON.parse(await readFile(demoFile("digits", "pipeline.json"), "utf8")) as object;
  const versions = `${target.url}/api/v1/models/digits/versions`;
  const listed = await send<{ versions: { version: number; pipelineDigest: string | null }[] }>(
    target,
    "GET",
    versions,
  );
  for (const { version, pipelineDigest } of listed.versions) {
    if (pipelineDigest) continue;
    await send(target, "PUT", `${versions}/${version}/pipeline`, { pipeline }).catch((error: unknown) => {
      if (!(error instanceof RequestRefused) || error.status !== 409) throw error;
    });
  }
}
