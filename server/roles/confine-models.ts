import { StartError } from "#db/start-error.ts";
import type { Config } from "../admin/settings/config.ts";
import { ConfinedProcesses } from "../base/confinement/confined-processes.ts";

/**
 * Finds out how far this machine can isolate model processes, for a role that runs models.
 * @param folder of the role's data
 * @throws StartError if the configuration requires an isolation that is impossible here
 */
export async function confineModels(config: Config, folder: string): Promise<ConfinedProcesses> {
  const { dataDir, artifacts, modelIsolation: mode, modelProcessBytes: maxBytes } = config;
  const hidden = artifacts.kind === "folder" ? [dataDir, artifacts.path] : [dataDir];
  const processes = new ConfinedProcesses({ mode, hidden, folder, maxBytes });
  const isConfined = await processes.check();
  if (mode !== "required" || isConfined) return processes;
  throw new StartError(
    "MODEL_ISOLATION: model processes cannot be isolated on this machine. Run Leeway as root, or allow unprivileged user namespaces; see docs/security.md.",
  );
}
