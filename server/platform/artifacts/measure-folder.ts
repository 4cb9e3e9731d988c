import { DomainError } from "#server/base/errors.ts";
import type { ArtifactStore } from "./store.ts";

/** Counts the files of a folder of the store, at any depth, and their bytes. A file counts as a folder with one file. */
export async function measureFolder(store: ArtifactStore, key: string): Promise<{ files: number; sizeBytes: number }> {
  const total = { files: 0, sizeBytes: 0 };
  const folders = [key];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await store.list(folder)) {
      if (entry.isFolder) folders.push(`${folder}/${entry.name}`);
      else {
        total.files += 1;
        total.sizeBytes += entry.sizeBytes ?? 0;
      }
    }
  }
  return total.files > 0 ? total : measureFile(store, key);
}

async function measureFile(store: ArtifactStore, key: string): Promise<{ files: number; sizeBytes: number }> {
  try {
    return { files: 1, sizeBytes: (await store.stat(key)).sizeBytes };
  } catch (error) {
    if (error instanceof DomainError && error.code === "not-found") return { files: 0, sizeBytes: 0 };
    throw error;
  }
}
