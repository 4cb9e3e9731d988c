import { StartError } from "#db/start-error.ts";
import type { ArtifactPlace } from "#server/platform/artifacts/artifact-place.ts";
import { openStore } from "#server/platform/artifacts/open-store.ts";

/** @throws StartError when artifacts are to be kept in a bucket that cannot be written, with the variable to look at. */
export async function requireArtifacts(place: ArtifactPlace): Promise<void> {
  if (place.kind === "folder") return;
  const store = await openStore(place);
  await store.check().catch((cause: Error) => {
    throw new StartError(cause.message);
  });
}
