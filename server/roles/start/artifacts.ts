import { StartError } from "#db/start-error.ts";
import type { ArtifactLocation } from "#server/platform/artifacts/artifact-location.ts";
import { openStore } from "#server/platform/artifacts/open-store.ts";

/** @throws StartError when artifacts are to be kept in a bucket that cannot be written, with the variable to look at. */
export async function requireArtifacts(location: ArtifactLocation): Promise<void> {
  if (location.kind === "folder") return;
  const store = await openStore(location);
  await store.check().catch((cause: Error) => {
    throw new StartError(cause.message);
  });
}
