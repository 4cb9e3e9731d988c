import { readFile } from "node:fs/promises";
import { type DemoTarget, RequestRefused, send } from "./client.ts";
import { demoFile } from "./recording.ts";

/** Gives every version of the digits its pipeline, so that a picture can be sent and a label comes back. Those that serve already stay as they are. */
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
