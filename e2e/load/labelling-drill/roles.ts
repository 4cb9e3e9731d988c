import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "#db/free-port.ts";
import type { Random } from "#server/stats/random.ts";
import { waitFor } from "../../suite/stack.ts";
import { stopped } from "../gateway.ts";
import type { GatewayFixture } from "../gateway-fixture.ts";

const victims = ["web", "worker"] as const;
type Victim = (typeof victims)[number];

/** Web and worker, each a process of its own on the port that it keeps. */
export interface Roles {
  /** Address of the web role. */
  url: string;
  /** Kills one after the other by SIGKILL, and starts it again, until the signal. @returns kills by role */
  killInTurn(signal: AbortSignal, random: Random): Promise<Map<Victim, number>>;
  stop(): Promise<void>;
}

export async function openRoles({ environment, folder }: GatewayFixture): Promise<Roles> {
  const [web, worker, feast, gateway] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const ports = { web, worker };
  const children = new Map<Victim, ChildProcess>();
  const start = async (role: Victim) => {
    const child = spawn(process.execPath, ["server/main.ts", role], {
      stdio: ["ignore", "ignore", "inherit"],
      env: {
        ...process.env,
        ...environment,
        PORT: String(web),
        WORKER_PORT: String(worker),
        FEAST_PORT: String(feast),
        GATEWAY_PORT: String(gateway),
        DATA_DIR: join(folder, `role-${role}`),
        LOG_LEVEL: "error",
      },
    });
    children.set(role, child);
    await waitFor(() => isUp(`http://127.0.0.1:${ports[role]}/health/ready`), 300_000);
  };
  await Promise.all(victims.map(start));
  return {
    url: `http://127.0.0.1:${web}`,
    killInTurn: async (signal, random) => {
      const counts = new Map<Victim, number>(victims.map((victim) => [victim, 0]));
      for (let turn = 0; ; turn += 1) {
        await pause(2_000 + random() * 4_000);
        if (signal.aborted) return counts;
        const victim = victims[turn % victims.length] as Victim;
        const child = children.get(victim);
        const gone = new Promise((done) => child?.once("exit", done));
        child?.kill("SIGKILL");
        await gone;
        counts.set(victim, (counts.get(victim) ?? 0) + 1);
        console.log(`kill -9: ${victim}`);
        await start(victim);
      }
    },
    stop: async () => {
      await Promise.all([...children.values()].map(stopped));
    },
  };
}

function isUp(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(3_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}
