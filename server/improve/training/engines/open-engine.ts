import { join } from "node:path";
import type { trainingEngines } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { decryptSecret } from "#server/platform/secrets/decrypt-secret.ts";
import { EngineSettings } from "../contract.ts";
import type { Engine } from "./engine.ts";
import { readKubeconfig, readServiceAccount } from "./kubernetes/cluster-access.ts";
import { keptWatch } from "./kubernetes/kept-watches.ts";
import { kubernetesEngine } from "./kubernetes/kubernetes-engine.ts";
import { localEngine } from "./local/local-engine.ts";
import { rayEngine } from "./ray/ray-engine.ts";
import { slurmEngine } from "./slurm/slurm-engine.ts";

/** What engines need of the process that opens them. */
export interface EnginePlace {
  /** DATA_DIR, absolute. */
  dataFolder: string;
  machine: string;
  /** Absolute path of leeway_run.py. */
  wrapper: string;
  allowsLocal: boolean;
  /** SHA-256 of the packages that may run on this machine; null: whatever is submitted. */
  localPackages: ReadonlySet<string> | null;
  unpack(packagePath: string, folder: string): Promise<void>;
}

/** Opens the adapter of an engine, with its secret. @throws DomainError "unavailable" where this process cannot reach it */
export async function openEngine(
  { db }: Context,
  row: typeof trainingEngines.$inferSelect,
  place: EnginePlace,
): Promise<Engine> {
  const { dataFolder, machine, wrapper, allowsLocal, localPackages: packages, unpack } = place;
  const settings = EngineSettings.parse(row.settings);
  const secret =
    row.secret === null ? undefined : await decryptSecret(db, "training_engines.secret", row.id, row.secret);
  switch (settings.kind) {
    case "local":
      if (!allowsLocal) throw new DomainError("unavailable", "Jobs on this machine are off (LOCAL_TRAINING).");
      return localEngine({ settings, folder: join(dataFolder, "training"), machine, wrapper, packages, unpack });
    case "ray":
      return rayEngine({ settings, token: secret, wrapper });
    case "slurm":
      return slurmEngine({ settings, token: secret, wrapper });
    case "kubernetes": {
      const access = async () => (secret === undefined ? readServiceAccount() : readKubeconfig(secret));
      const watched = keptWatch(place, row.id, {
        settings: { ...settings, workspaceId: row.workspaceId },
        secret,
        access,
      });
      return kubernetesEngine({ settings, access, watched, wrapper });
    }
  }
}
