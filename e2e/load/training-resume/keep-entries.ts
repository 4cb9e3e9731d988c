import { createHash } from "node:crypto";
import { linkSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";

/** An entry of a checkpoint folder, kept by links: the wrapper empties the folder soon. */
export interface KeptEntry {
  name: string;
  files: { path: string; copy: string }[];
}

/** Links all that lies in a checkpoint folder into another one. */
export function keepEntries(folder: string, copy: string): KeptEntry[] {
  const kept: KeptEntry[] = [];
  try {
    for (const name of readdirSync(folder)) {
      if (name.startsWith(".leeway")) continue;
      const entry: KeptEntry = { name, files: [] };
      kept.push(entry);
      for (const path of filesBelow(join(folder, name))) {
        const inside = relative(folder, path);
        const target = join(copy, inside);
        mkdirSync(dirname(target), { recursive: true });
        linkSync(path, target);
        entry.files.push({ path: inside, copy: target });
      }
    }
  } catch (error) {
    // The wrapper, or the guard, was faster; what it took away it had seen.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  return kept;
}

/** Digests of the files of an entry. */
export function filesOf({ files }: KeptEntry): Promise<{ path: string; sha256: string }[]> {
  return Promise.all(
    files.map(async ({ path, copy }) => ({
      path,
      sha256: createHash("sha256")
        .update(await readFile(copy))
        .digest("hex"),
    })),
  );
}

function filesBelow(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => filesBelow(join(path, name)));
}
