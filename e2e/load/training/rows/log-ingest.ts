import { createHash, randomUUID } from "node:crypto";
import { Agent, request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { eq } from "drizzle-orm";
import { openDatabase } from "#db/client.ts";
import { memberships, trainingAttempts, trainingJobs } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { hashSecret } from "#server/platform/identity/tokens/secret.ts";
import { seededRandom } from "#server/stats/random.ts";
import { newTrainingJob } from "#server/testing/fixtures/training/testing.ts";
import { atLeast, atMost, type Row } from "../../report.ts";
import type { Training } from "../open-training.ts";

/** Attempts that print at the same time, and the time that each encoding gets. */
const [attempts, seconds] = [4, 20];
/** As much as one call of the wrapper takes. */
const bodyBytes = 2 ** 20;
/** Bodies that are sent in turns. */
const bodies = 16;
/** Megabytes of log after which the memory of the web role counts. */
const warmUp = 200;
const maxBytes = 2e9;
const maxGrowthMb = 100;

interface Body {
  plain: Buffer;
  packed: Buffer;
}

interface Attempt {
  jobId: string;
  number: number;
  token: string;
  /** Bytes that Leeway has. */
  sent: number;
  digest: ReturnType<typeof createHash>;
}

/**
 * Sends the logs of attempts to the web role, as their wrappers do: calls of a mebibyte, one after the other in each attempt, first packed at the
 * wrapper's level, then as they are. Log is counted unpacked. Memory is that of the web role: the growth is from what it reached in
 * the first 200 MB. In the end a log is downloaded and compared with what was sent.
 */
export async function measure(open: () => Promise<Training>): Promise<Row[]> {
  const training = await open();
  const sent = await Promise.all(makeBodies());
  const started = await startAttempts(training);
  const memory = watchMemory(training);
  const agent = new Agent({ keepAlive: true, maxSockets: attempts });
  const target = { training, agent, sent, started };
  const packed = await ingest(target, "packed", memory);
  const plain = await ingest(target, "plain", memory);
  agent.destroy();
  const { before, after } = await memory.stop();
  for (const attempt of started.slice(0, 1)) await compare(training, attempt);
  const total = started.reduce((sum, { sent }) => sum + sent, 0) / 1e6;
  console.log(
    `Log: ${total.toFixed(0)} MB; memory of the web role: ${before.toFixed(0)} MB, then ${after.toFixed(0)} MB at most.`,
  );
  return [
    atLeast(20, { name: "log-ingest-mb-per-s", unit: "MB/s", leeway: packed }),
    atLeast(20, { name: "log-ingest-mb-per-s, not packed", unit: "MB/s", leeway: plain }),
    atMost(maxGrowthMb, { name: "log-ingest-memory", unit: "MB", leeway: Math.max(0, after - before) }),
  ];
}

/** Lines of a training program, of which no two are equal. */
function makeBodies(): Promise<Body>[] {
  const random = seededRandom(20);
  const line = (step: number) => {
    const number = (digits: number) => random().toFixed(digits);
    return `2026-12-01 09:14:${number(6).slice(2, 4)},${number(3).slice(2)} INFO train: epoch ${step >> 10} step ${step} loss=${number(6)} grad_norm=${number(4)} lr=3.0e-04 tokens/s=${(40_000 + 9_000 * random()).toFixed(1)} mem=${number(2)}GiB\n`;
  };
  return Array.from({ length: bodies }, async () => {
    let text = "";
    for (let step = Math.floor(1e6 * random()); text.length < bodyBytes; step += 1) text += line(step);
    const plain = Buffer.from(text.slice(0, bodyBytes));
    return { plain, packed: await promisify(gzip)(plain, { level: 1 }) };
  });
}

/** Starts attempts whose engine nobody looks after: their wrapper is this benchmark. */
async function startAttempts({ databaseUrl }: Training): Promise<Attempt[]> {
  const { db, close } = openDatabase(databaseUrl, { max: 2, name: "leeway-load" });
  try {
    const [admin] = await db.select().from(memberships).limit(1);
    if (!admin) throw new Error("There is no workspace.");
    const { userId: id, workspaceId, role } = admin;
    const ctx: Context = { db, actor: { kind: "user", id, name: "Load", workspaceId, role } };
    const started: Attempt[] = [];
    for (let at = 0; at < attempts; at += 1) {
      const { id: jobId } = await newTrainingJob(ctx);
      // The worker would give it to an engine that there is not.
      await db.update(trainingJobs).set({ engineId: null, state: "running" }).where(eq(trainingJobs.id, jobId));
      const [token, number] = [randomUUID(), 1];
      const tokenHash = hashSecret(token);
      await db.insert(trainingAttempts).values({ workspaceId, jobId, number, launch: 1, state: "running", tokenHash });
      started.push({ jobId, number, token, sent: 0, digest: createHash("sha256") });
    }
    return started;
  } finally {
    await close();
  }
}

interface Target {
  training: Training;
  agent: Agent;
  sent: readonly Body[];
  started: readonly Attempt[];
}

/** Sends as much as goes. @returns megabytes per second */
async function ingest(
  { training, agent, sent, started }: Target,
  encoding: keyof Body,
  memory: { add(bytes: number): void },
): Promise<number> {
  const startedAt = performance.now();
  let bytes = 0;
  await Promise.all(
    started.map(async (attempt, index) => {
      for (let at = index; performance.now() < startedAt + 1000 * seconds && bytes < maxBytes / 2; at += 1) {
        const body = sent[at % bodies];
        if (!body) continue;
        const { next } = await post(training, agent, attempt, body[encoding], encoding === "packed");
        if (next !== attempt.sent + body.plain.length) throw new Error(`The log goes on at ${next}.`);
        attempt.sent = next;
        if (index === 0) attempt.digest.update(body.plain);
        bytes += body.plain.length;
        memory.add(body.plain.length);
      }
    }),
  );
  return bytes / 1e6 / ((performance.now() - startedAt) / 1000);
}

function post(
  { url }: Training,
  agent: Agent,
  { jobId, number, token, sent }: Attempt,
  body: Buffer,
  isPacked: boolean,
): Promise<{ next: number }> {
  const { hostname, port } = new URL(url);
  const path = `/api/v1/training/attempts/${jobId}/${number}/log?start=${sent}&dropped=0`;
  const headers = {
    authorization: `Bearer ${token}`,
    "content-type": "application/octet-stream",
    "content-length": body.length,
    ...(isPacked && { "content-encoding": "gzip" }),
  };
  return new Promise((resolve, reject) => {
    const call = request({ hostname, port, path, method: "POST", agent, headers }, (response) => {
      let text = "";
      response.on("data", (part: Buffer) => {
        text += part.toString();
      });
      response.once("error", reject);
      response.once("end", () => {
        if (response.statusCode === 200) resolve(JSON.parse(text));
        else reject(new Error(`Log: ${response.statusCode} ${text.slice(0, 300)}`));
      });
    });
    call.once("error", reject);
    call.end(body);
  });
}

/** Looks at the memory of the web role twice a second. */
function watchMemory(training: Training) {
  let bytes = 0;
  let isOver = false;
  const most = { before: 0, after: 0 };
  const watching = (async () => {
    while (!isOver) {
      const mb = await training.memoryMb();
      const phase = bytes < warmUp * 1e6 ? "before" : "after";
      most[phase] = Math.max(most[phase], mb);
      await pause(500);
    }
  })();
  return {
    add: (more: number) => {
      bytes += more;
    },
    stop: async () => {
      isOver = true;
      await watching;
      return most;
    },
  };
}

/** @throws Error unless Leeway has the bytes of an attempt as they were sent */
async function compare({ url, headers }: Training, { jobId, digest, sent }: Attempt): Promise<void> {
  const response = await fetch(`${url}/api/v1/training/jobs/${jobId}/log/file?attempt=1`, { headers });
  const found = createHash("sha256");
  for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) found.update(part);
  if (found.digest("hex") !== digest.digest("hex")) throw new Error(`A log of ${sent} bytes is not what was sent.`);
}
