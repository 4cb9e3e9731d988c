import { setTimeout as pause } from "node:timers/promises";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "#db/embedded.ts";
import type { Random } from "#server/stats/random.ts";
import { waitFor } from "../../suite/stack.ts";
import { roleProcess } from "../chaos/faults.ts";

const victims = ["gateway", "web", "worker", "postgres"] as const;
type Victim = (typeof victims)[number];

interface Killed {
  supervisor: number;
  /** Health of each role. */
  healthUrls: Record<Exclude<Victim, "postgres">, string>;
  postgres: { running: EmbeddedPostgres; dataFolder: string; logFile: string };
  random: Random;
  signal: AbortSignal;
}

/** Kills one of the four by SIGKILL after the other, until the signal. @returns kills by victim */
export async function killInTurn(killed: Killed): Promise<Map<Victim, number>> {
  const counts = new Map<Victim, number>();
  for (let turn = 0; !killed.signal.aborted; turn += 1) {
    const victim = victims[turn % victims.length] as Victim;
    await kill(victim, killed);
    counts.set(victim, (counts.get(victim) ?? 0) + 1);
    console.log(`kill -9: ${victim}`);
    await pause(2_000 + killed.random() * 3_000);
  }
  await untilAllRun(killed);
  return counts;
}

async function kill(victim: Victim, { supervisor, healthUrls, postgres, random }: Killed): Promise<void> {
  if (victim === "postgres") {
    process.kill(postgres.running.pid, "SIGKILL");
    await pause(500 + random() * 2_500);
    const { dataFolder, logFile, running } = postgres;
    postgres.running = await startEmbeddedPostgres({ dataFolder, logFile, port: running.port });
    return;
  }
  process.kill(await roleProcess(supervisor, victim), "SIGKILL");
  await waitFor(() => isUp(healthUrls[victim]), 300_000);
}

async function untilAllRun({ healthUrls }: Killed): Promise<void> {
  for (const url of Object.values(healthUrls)) await waitFor(() => isUp(url), 300_000);
}

function isUp(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(3_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}
