import type { Config } from "#server/admin/settings/config.ts";
import { log } from "#server/base/log.ts";
import { heartbeatIntervalMs } from "./heartbeat.ts";

export const roleNames = ["web", "gateway", "worker"] as const;
export type RoleName = (typeof roleNames)[number];

/** Returns the number of processes of a role that share its port. */
export function processesOf(role: RoleName, config: Config): number {
  return role === "gateway" ? config.gatewayProcesses : 1;
}

/** A role that runs in this process. */
export interface RunningRole {
  /** Stops accepting work, finishes the work in progress, and releases all resources. */
  stop(): Promise<void>;
}

/** Seconds a role may take, after its drain, to close what it has open. */
const closeSeconds = 5;

/**
 * Runs a role until it is stopped: by SIGTERM, by SIGINT when it has no supervisor, or by the end of its supervisor.
 * Under a supervisor it sends "ready" once it works, and "alive" regularly from the beginning. Resolves when it has stopped.
 */
export async function runRole(start: () => Promise<RunningRole>, config: Config): Promise<void> {
  const stopping = Promise.withResolvers<string>();
  process.once("SIGTERM", () => stopping.resolve("SIGTERM"));
  // Ctrl+C reaches every process of the terminal; under a supervisor, the supervisor stops the roles in order.
  process.on("SIGINT", () => process.send || stopping.resolve("SIGINT"));
  process.once("disconnect", () => stopping.resolve("the supervisor exited"));
  for (const event of ["uncaughtException", "unhandledRejection"]) {
    process.on(event, (cause) => {
      log.error("role.crashed", { cause });
      process.exit(1);
    });
  }
  sendHeartbeat();
  const role = await Promise.race([start(), stopping.promise]);
  if (typeof role === "string") return;
  if (process.connected) process.send?.("ready");
  log.info("role.stopping", { reason: await stopping.promise });
  const afterSeconds = config.drainNoticeSeconds + config.drainSeconds + closeSeconds;
  setTimeout(() => {
    log.warn("role.shutdown_timed_out", { afterSeconds });
    process.exit(1);
  }, afterSeconds * 1000).unref();
  await role.stop();
  log.info("role.stopped");
}

/** Sends "alive" to the supervisor while there is one. A supervisor that does not read delays the next message. */
function sendHeartbeat(): void {
  if (!process.connected) return;
  process.send?.("alive", () => setTimeout(sendHeartbeat, heartbeatIntervalMs).unref());
}
