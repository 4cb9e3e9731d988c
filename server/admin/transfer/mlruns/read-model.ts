import { Stage } from "#server/develop/registry/versions/contract.ts";
import type { SourceModel, SourceVersion } from "../source.ts";
import type { ZipFolder } from "../zip/open-zip.ts";
import { ModelMeta, readMeta, VersionMeta } from "./meta.ts";
import { readPairs } from "./read-folder.ts";

/** Reads a registered model of a file store with its versions and aliases. */
export async function readModel(zip: ZipFolder, folder: string): Promise<SourceModel | undefined> {
  const meta = await readMeta(zip, folder, ModelMeta);
  if (!meta) return undefined;
  const aliases = await readPairs(zip, `${folder}/aliases`);
  const versions: SourceVersion[] = [];
  for (const name of zip.list(folder).folders) {
    const version = name.startsWith("version-") && (await readMeta(zip, `${folder}/${name}`, VersionMeta));
    if (!version || version.current_stage === "Deleted_Internal") continue;
    versions.push({
      number: version.version,
      source: version.source || version.storage_location,
      runId: version.run_id,
      loggedModelId: version.model_id || undefined,
      description: version.description,
      userName: version.user_id,
      stage: Stage.catch("None").parse(version.current_stage),
      createdAt: version.creation_timestamp,
      tags: await readPairs(zip, `${folder}/${name}/tags`),
      upload: undefined,
    });
  }
  return {
    ...meta,
    tags: await readPairs(zip, `${folder}/tags`),
    aliases: aliases.map(({ key, value }) => ({ alias: key, version: Number(value.replace(/^v/, "")) })),
    versions,
  };
}
