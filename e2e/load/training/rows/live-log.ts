import { setTimeout as pause } from "node:timers/promises";
import { quantile } from "../../raw-clients.ts";
import { atMost, type Row } from "../../report.ts";
import type { Training } from "../open-training.ts";

const lines = 150;
/** As the page reads. */
const readLines = 5_000;

/** Prints the time of day at irregular intervals, as a program does that has steps of different lengths. */
const program = `
import random, time
random.seed(20)
for at in range(${lines}):
    print("%d %.6f" % (at, time.time()))
    time.sleep(random.choice((0.01, 0.05, 0.1, 0.2, 0.3)))
`;

/**
 * Measures the time from a line that a program prints, under the real wrapper on `local`, until a follower has it who does what the page does:
 * it listens to events, and reads on at each event of the job.
 */
export async function measure(open: () => Promise<Training>): Promise<Row[]> {
  const training = await open();
  const { id } = await training.submit(program);
  const seconds = await follow(training, id);
  await training.finished(id);
  const at = (share: number) => quantile(seconds, share).toFixed(2);
  console.log(`Live log: ${seconds.length} lines, p50 ${at(0.5)} s, p95 ${at(0.95)} s, at most ${at(1)} s.`);
  return [atMost(2, { name: "live-log-p95-s", unit: "s", leeway: quantile(seconds, 0.95) })];
}

/** Follows the log of a job to its last line. @returns the age of each line when it was read, in seconds */
async function follow(training: Training, id: string): Promise<number[]> {
  const ages = new Map<number, number>();
  let next = 0;
  let isReading = false;
  let isAgain = false;
  const read = async () => {
    if (isReading) {
      isAgain = true;
      return;
    }
    isReading = true;
    try {
      do {
        isAgain = false;
        if ((await training.job(id)).attempts.length === 0) continue;
        const page = await training.readLog(id, { attempt: 1, from: next, limit: readLines });
        next = page.next;
        for (const { text } of page.lines) {
          const [line, printedAt] = text.split(" ").map(Number);
          // A line that is still being written is read again.
          if (line !== undefined && printedAt && !ages.has(line)) ages.set(line, Date.now() / 1000 - printedAt);
        }
      } while (isAgain);
    } finally {
      isReading = false;
    }
  };
  const stop = new AbortController();
  const stream = await fetch(`${training.url}/api/v1/events`, { headers: training.headers, signal: stop.signal });
  if (!stream.ok || !stream.body) throw new Error(`Events: ${stream.status}.`);
  const failed = Promise.withResolvers<never>();
  const listening = (async () => {
    let text = "";
    for await (const part of stream.body as unknown as AsyncIterable<Uint8Array>) {
      text += Buffer.from(part).toString();
      const messages = text.split("\n\n");
      text = messages.pop() ?? "";
      if (messages.some((message) => concerns(message, id))) read().catch(failed.reject);
    }
  })().catch((error) => stop.signal.aborted || failed.reject(error));
  await read();
  const all = async () => {
    for (const until = Date.now() + 120_000; ages.size < lines; await pause(100)) {
      if (Date.now() > until) throw new Error(`${ages.size} of ${lines} lines arrived.`);
    }
  };
  await Promise.race([all(), failed.promise]).finally(() => stop.abort());
  await listening;
  return [...ages.values()];
}

/** Whether an event is one at which the page of a job reads on. */
function concerns(message: string, id: string): boolean {
  const [, event] = /^event: (\w+)/m.exec(message) ?? [];
  if (event === "missed") return true;
  const [, data] = /^data: (.*)$/m.exec(message) ?? [];
  if (event !== "change" || !data) return false;
  const change = JSON.parse(data) as { topic: string; id: string };
  return change.topic.startsWith("training") && change.id === id;
}
