import { text } from "node:stream/consumers";
import { runtime } from "#app/_lib/context.ts";
import type { Context } from "#server/base/context.ts";
import { pathInRoot } from "#server/develop/tracking/artifacts/locate.ts";
import { openArtifact } from "#server/develop/tracking/artifacts/queries.ts";
import type { Run } from "#server/develop/tracking/runs/contract.ts";

/**
 * Reads the bytes of a run's text file from `start` up to but excluding `end`. Characters cut at its ends become replacement characters.
 * @throws DomainError "not-found"
 */
export async function readText(
  ctx: Context,
  { artifactUri }: Pick<Run, "artifactUri">,
  path: string,
  { start = 0, end }: { start?: number; end: number },
): Promise<string> {
  const artifact = await openArtifact(ctx, runtime().artifacts, pathInRoot(artifactUri, path) ?? "");
  const last = Math.min(artifact.sizeBytes, end) - 1;
  return last < start ? "" : text(await artifact.open({ start, end: last }));
}
