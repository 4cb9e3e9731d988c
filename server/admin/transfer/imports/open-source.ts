import { open } from "node:fs/promises";
import type { Database } from "#db/client.ts";
import type { imports } from "#db/schema/index.ts";
import { DomainError } from "#server/base/errors.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { decryptSecret } from "#server/platform/secrets/decrypt-secret.ts";
import type { ImportRules } from "../contract.ts";
import { leewaySource } from "../leeway/source.ts";
import { openMlflow } from "../mlflow/client.ts";
import { mlflowSource } from "../mlflow/source.ts";
import { mlrunsSource } from "../mlruns/source.ts";
import type { Source } from "../source.ts";
import { eventFilesOfZip, singleEventFile } from "../tensorboard/event-files.ts";
import { tensorboardSource } from "../tensorboard/source.ts";
import { openZip } from "../zip/open-zip.ts";

/** A zip may hold so many times what one file may have. */
const unpackedTimes = 20;

/** Dependencies of an import in the worker. */
export interface ImportDependencies {
  artifacts: ArtifactStore;
  rules: ImportRules;
  /** Maximum number of bytes per file. */
  maxBytes: number;
}

/** Opens what an import takes things from. @throws DomainError "invalid" for a file that is not what it should be. */
export async function openSource(
  db: Database,
  row: typeof imports.$inferSelect,
  { artifacts, rules, maxBytes }: ImportDependencies,
  signal: AbortSignal,
): Promise<Source> {
  if (row.kind === "mlflow-server") {
    const authorization = row.secret ? await decryptSecret(db, "imports.secret", row.id, row.secret) : undefined;
    return mlflowSource(openMlflow({ address: row.origin, authorization, rules, signal }));
  }
  const path = await artifacts.localPath(row.artifactKey ?? "").catch((cause: unknown) => {
    if (!(cause instanceof DomainError) || cause.code !== "not-found") throw cause;
    throw new DomainError("invalid", "The file upload was incomplete. Upload it again.", { cause });
  });
  const name = row.origin.replace(/\.zip$/i, "") || row.origin;
  if (row.kind === "tensorboard" && !(await isZip(path)))
    return tensorboardSource(await singleEventFile(path, name), name);
  const zip = await openZip(path, maxBytes * unpackedTimes);
  try {
    if (row.kind === "mlruns") return mlrunsSource(zip);
    if (row.kind === "leeway") return await leewaySource(zip);
    return tensorboardSource(eventFilesOfZip(zip), name, () => zip.close());
  } catch (error) {
    zip.close();
    throw error;
  }
}

async function isZip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return buffer.toString("latin1") === "PK";
  } finally {
    await file.close();
  }
}
