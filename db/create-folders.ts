import { mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/** Creates a folder and the missing ones above it. @returns those that it created, the folder itself first */
export async function createFolders(folder: string): Promise<string[]> {
  const whole = resolve(folder);
  const first = await mkdir(whole, { recursive: true });
  if (first === undefined) return [];
  const created = [whole];
  for (let path = whole; path !== first; ) {
    path = dirname(path);
    created.push(path);
  }
  return created;
}
