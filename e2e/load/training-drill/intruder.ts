import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { Random } from "#server/stats/random.ts";
import type { Given, Ledger } from "./ledger.ts";

/** Key of metrics and tags that nothing but an attempt without the right to write stores. */
export const intruderKey = "intruder";

export interface Intrusion {
  db: Database;
  url: string;
  ledger: Ledger;
  random: Random;
  /** Writes that were tried, and those that were accepted, in words. */
  tried: number;
  accepted: string[];
}

interface Write {
  name: string;
  send(given: Given): {
    method: string;
    path: string;
    token: string;
    body: string | Uint8Array<ArrayBuffer>;
    type?: string;
  };
}

const blob = new TextEncoder().encode("of an attempt that has ended");
const digest = createHash("sha256").update(blob).digest("hex");
const own = ({ job, attempt }: Given) => `/api/v1/training/attempts/${job}/${attempt}`;
const mlflow = "/api/2.0/mlflow";

/** What a copy that comes back may try. */
const writes: Write[] = [
  {
    name: "heartbeat",
    send: (given) => ({
      method: "POST",
      path: `${own(given)}/heartbeat`,
      token: given.token,
      body: JSON.stringify({ seq: 1_000_000, rssBytes: null, gpus: [], step: null, spoolBytes: 0 }),
    }),
  },
  {
    name: "log",
    send: (given) => ({
      method: "POST",
      path: `${own(given)}/log?start=100000000&dropped=100000000`,
      token: given.token,
      body: blob,
      type: "application/octet-stream",
    }),
  },
  {
    name: "blob",
    send: (given) => ({
      method: "PUT",
      path: `${own(given)}/blobs/${digest}`,
      token: given.token,
      body: blob,
      type: "application/octet-stream",
    }),
  },
  {
    name: "checkpoint",
    send: (given) => ({
      method: "POST",
      path: `${own(given)}/checkpoints`,
      token: given.token,
      body: JSON.stringify({
        name: "step-99999999",
        framework: "",
        step: 99_999_999,
        files: [{ path: "step-99999999", sizeBytes: blob.length, sha256: digest }],
        savedSeconds: null,
        sentSeconds: 1,
      }),
    }),
  },
  {
    name: "metric",
    send: ({ mlflowToken, runId }) => ({
      method: "POST",
      path: `${mlflow}/runs/log-metric`,
      token: mlflowToken,
      body: JSON.stringify({ run_id: runId, key: intruderKey, value: 1, timestamp: Date.now(), step: 1 }),
    }),
  },
  {
    name: "tag",
    send: ({ mlflowToken, runId }) => ({
      method: "POST",
      path: `${mlflow}/runs/set-tag`,
      token: mlflowToken,
      body: JSON.stringify({ run_id: runId, key: intruderKey, value: "1" }),
    }),
  },
  {
    name: "end of the run",
    send: ({ mlflowToken, runId }) => ({
      method: "POST",
      path: `${mlflow}/runs/update`,
      token: mlflowToken,
      body: JSON.stringify({ run_id: runId, status: "FAILED", end_time: Date.now() }),
    }),
  },
];

/** Writes with tokens of attempts that have no right to it any more, until the signal. */
export async function intrude(intrusion: Intrusion, signal: AbortSignal): Promise<void> {
  const { random } = intrusion;
  while (!signal.aborted) {
    await pause(100);
    const over = await findOver(intrusion).catch(() => []);
    const given = over[Math.floor(random() * over.length)];
    const write = writes[Math.floor(random() * writes.length)];
    if (given && write) await tryWrite(intrusion, given, write);
  }
}

/** Tries every write with everything that was given out and is over. */
export async function intrudeWithAll(intrusion: Intrusion): Promise<void> {
  for (const given of await findOver(intrusion)) {
    for (const write of writes) await tryWrite(intrusion, given, write);
  }
}

/** What was replaced by a later start, or belongs to an attempt that is fenced by now. */
async function findOver({ db, ledger }: Intrusion): Promise<Given[]> {
  const given = [...ledger.given];
  const { rows } = await db.execute<{ job: string; number: number }>(
    sql`select job_id as job, number from training_attempts where fenced_at is not null`,
  );
  const fenced = new Set(rows.map(({ job, number }) => `${job} ${number}`));
  return given.filter(({ job, attempt, replacedAt }) => replacedAt !== undefined || fenced.has(`${job} ${attempt}`));
}

async function tryWrite(intrusion: Intrusion, given: Given, { name, send }: Write): Promise<void> {
  const { method, path, token, body, type = "application/json" } = send(given);
  const answer = await fetch(`${intrusion.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": type },
    body,
    signal: AbortSignal.timeout(15_000),
  }).catch(() => undefined);
  // Leeway is away, or was killed with the answer.
  if (!answer || answer.status >= 500) return;
  intrusion.tried += 1;
  if (answer.status === 401 || answer.status === 403) return;
  const text = (await answer.text().catch(() => "")).slice(0, 200);
  intrusion.accepted.push(`${name} of ${given.job}, attempt ${given.attempt}: ${answer.status} ${text}`);
}
