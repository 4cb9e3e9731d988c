import { StartError } from "#db/start-error.ts";
import type { Config } from "#server/admin/settings/config.ts";
import { log } from "#server/base/log.ts";
import { openKeyRing } from "#server/platform/secrets/open-key-ring.ts";
import { requireArtifacts } from "./start/artifacts.ts";
import { firstSignInFile } from "./start/first-sign-in.ts";
import { requirePorts } from "./start/ports.ts";
import { prepareDatabase, untilConnected } from "./start/prepare-database.ts";
import { processesOf, type RoleName, type RunningRole, roleNames, runRole } from "./start/role.ts";
import { superviseGroup } from "./start/supervise-group.ts";

type Start = (config: Config, databaseUrl: string) => Promise<RunningRole>;

/** Loaders of the roles: a role's code is loaded only in its own process. */
const starts: Record<RoleName, () => Promise<Start>> = {
  web: async () => (await import("./web.ts")).startWeb,
  gateway: async () => (await import("./gateway.ts")).startGateway,
  worker: async () => (await import("./worker.ts")).startWorker,
};

/**
 * Runs one role in this process, or several processes of it below this one, until it is stopped.
 * @throws StartError when there is no such role, no database, or its port is in use.
 */
export async function runNamedRole(name: string, config: Config, env: NodeJS.ProcessEnv): Promise<void> {
  const role = roleNames.find((known) => known === name);
  if (!role) {
    throw new StartError(`Unknown role "${name}". Roles: ${roleNames.join(", ")}. Without a role, all of them start.`);
  }
  const { databaseUrl } = config;
  if (!databaseUrl) {
    throw new StartError(
      'DATABASE_URL: required to run a single role. "npm start" runs all roles with its own Postgres.',
    );
  }
  const processes = processesOf(role, config);
  const isMember = process.connected && processes > 1;
  // If processes share a port, their supervisor has checked it.
  if (!isMember) await requirePorts([role], config, 0);
  // A supervisor has prepared the database, and looked for the bucket, and needs no line about it from each role.
  if (!process.connected) {
    // Inference starts with the copies that it has.
    if (role !== "gateway") await requireArtifacts(config.artifacts);
    const { email, token } = await prepareDatabase(config, databaseUrl, false);
    if (token) log.info("admin.created", { email, secrets: firstSignInFile(config.dataDir) });
  } else {
    await openKeyRing(config.secretsKey);
  }
  await runRole(async () => {
    // Inference continues without Postgres; the other roles have nothing to do until it is back.
    if (role !== "gateway") await untilConnected(databaseUrl, Number.POSITIVE_INFINITY);
    if (processes > 1 && !isMember) {
      const group = superviseGroup(role, processes, env);
      await group.ready;
      return group;
    }
    const start = await starts[role]();
    return start(config, databaseUrl);
  }, config);
}
