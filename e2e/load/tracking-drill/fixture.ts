import type pg from "pg";
import type { JobKind } from "#server/platform/jobs/kinds.ts";
import type { DemoTarget } from "#server/roles/demo/client.ts";
import type { Random } from "#server/stats/random.ts";
import type { Answers } from "./exchange.ts";
import type { Ledger } from "./ledger.ts";

/** What the parts of the drill share. */
export interface DrillFixture {
  target: DemoTarget;
  /** Experiments, runs and files of the clients are in this workspace. */
  workspaceId: string;
  databaseUrl: string;
  observer: pg.Client;
  ledger: Ledger;
  answers: Answers;
  random: Random;
  /** Enqueues a job, as its schedule does. */
  enqueue(kind: JobKind): Promise<void>;
  /** Ends the worker by SIGKILL. */
  killWorker(): Promise<void>;
  /** Resolves when the worker, which its supervisor starts again, is ready. */
  untilWorker(): Promise<void>;
  /** Notes something that must not be. */
  wrong(words: string): void;
}
