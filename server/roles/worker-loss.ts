import type { Database } from "#db/client.ts";
import { log } from "#server/base/log.ts";
import { Refresher } from "#server/base/refresher.ts";
import { claimFault } from "#server/serve/faults/claim-fault.ts";
import { readFaults } from "#server/serve/faults/read-faults.ts";

const everyMs = 2_000;

/**
 * Kills this worker without warning when a game day asks for it: one worker for each such game day. Its supervisor starts it again, and another role
 * pages meanwhile. @param worker names this process
 */
export function workerLoss(
  db: Database,
  worker: string,
  kill = () => void process.kill(process.pid, "SIGKILL"),
): Refresher {
  return new Refresher("worker-loss", everyMs, async () => {
    const faults = (await readFaults(db)).filter(({ fault, isTaken }) => fault.kind === "worker-lost" && !isTaken);
    for (const fault of faults) {
      if (!(await claimFault(db, fault, { by: worker, words: `Killed the worker process ${worker}.` }))) continue;
      log.warn("worker.killed_by_game_day", { worker, gameDay: fault.name });
      return kill();
    }
  });
}
