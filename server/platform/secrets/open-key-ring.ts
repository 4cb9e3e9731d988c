import { StartError } from "#db/start-error.ts";
import { setMasterKey } from "./key-ring.ts";
import { type KeySource, originOf, readMasterKey, variableOf } from "./key-source.ts";

/** Gives the master key to a process whose database was prepared by another one. @throws StartError when there is none */
export async function openKeyRing(source: KeySource): Promise<void> {
  const master = await readMasterKey(source);
  if (!master) {
    const path = source.kind === "file" ? source.path : "";
    throw new StartError(`${variableOf(source)}: ${path} does not exist. Restore the file, or set SECRETS_KEY.`);
  }
  setMasterKey(master, originOf(source));
}
