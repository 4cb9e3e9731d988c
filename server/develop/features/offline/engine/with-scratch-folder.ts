import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { dayMs } from "#server/base/durations.ts";
import { ownSlot, type SlotOwner } from "#server/base/slot-owner.ts";

/** Folder of this process by its parent. A process id alone says nothing: in a container it is the same each time. */
const ownFolders = new Map<string, Promise<string>>();

/**
 * Makes an empty folder in that of this process below `parent`. The first time, it removes what processes that were killed left there.
 * @returns its path; the caller removes it (removeScratchFolder)
 */
export async function makeScratchFolder(parent: string): Promise<string> {
  const known = ownFolders.get(parent);
  const folder = known ?? claimFolder(parent);
  if (!known) ownFolders.set(parent, folder);
  try {
    return await mkdtemp(join(await folder, "offline-"));
  } catch (error) {
    // The next one tries again, also where someone has removed the folder.
    ownFolders.delete(parent);
    throw error;
  }
}

/** Removes a scratch folder with all that is in it. */
export async function removeScratchFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

/** Runs work with a scratch folder below `parent`. @returns what the work returns */
export async function withScratchFolder<Result>(
  parent: string,
  work: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await makeScratchFolder(parent);
  try {
    return await work(folder);
  } finally {
    await removeScratchFolder(folder);
  }
}

async function claimFolder(parent: string): Promise<string> {
  for (;;) {
    const folder = join(parent, randomUUID());
    await mkdir(folder, { recursive: true });
    if (!own(folder)) continue;
    await removeAbandoned(parent, folder);
    return folder;
  }
}

/** Takes a folder unless a living process owns it. Undefined also if another one removes it meanwhile, having found no owner. */
function own(folder: string): SlotOwner | undefined {
  try {
    return ownSlot(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

async function removeAbandoned(parent: string, ownFolder: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const folder = join(parent, name);
    if (folder === ownFolder) continue;
    if (isOfProcess(name)) {
      const owner = own(folder);
      if (owner) await removeScratchFolder(folder).finally(() => owner.release());
    } else if (await isFormer(name, folder)) {
      await removeScratchFolder(folder);
    }
  }
}

const isOfProcess = (name: string) => /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(name);

/** Releases before this one made scratch folders at this place, without an owner. */
async function isFormer(name: string, folder: string): Promise<boolean> {
  if (!/^offline-\d+-/.test(name)) return false;
  // Undefined: another process was first.
  const found = await stat(folder).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > dayMs;
}
