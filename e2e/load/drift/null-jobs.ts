import { once } from "node:events";
import { availableParallelism } from "node:os";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { falseAlarmRates, type NullRuns } from "#server/stats/drift/null-rates.ts";
import { nullSources } from "#server/stats/drift/null-sources.ts";
import { alarmsPerPeriod, type QuietWeeks } from "#server/stats/drift/quiet-weeks.ts";
import { foundShare, type PowerJob } from "./power.ts";
import { type TailJob, tailRates } from "./tail-rates.ts";

/** Simulation with its own seed: its result does not depend on which thread runs it, or when. */
export type NullJob =
  | TailJob
  | PowerJob
  | { kind: "rates"; source: string; runs: NullRuns }
  | { kind: "periods"; name: string; periods: QuietWeeks };

/** False-alarm rates by α, found drift in percent, or alarms of a period with their standard error and the share of periods without any. */
export type Found = number[] | ReturnType<typeof alarmsPerPeriod>;

/** Runs simulations on as many threads as there are cores. @param report called with each as it is done. @returns in the order given */
export async function runJobs(
  jobs: readonly NullJob[],
  report: (job: NullJob, found: Found) => void,
): Promise<Found[]> {
  const results: Found[] = [];
  const waiting = [...jobs.entries()];
  const work = async () => {
    const worker = new Worker(new URL(import.meta.url));
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [index, job] = next;
      worker.postMessage(job);
      const [found] = (await once(worker, "message")) as [Found];
      results[index] = found;
      report(job, found);
    }
    await worker.terminate();
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), jobs.length) }, work));
  return results;
}

function found(job: NullJob): Found {
  if (job.kind === "tail") return tailRates(job);
  if (job.kind === "power") return foundShare(job);
  if (job.kind === "periods") return alarmsPerPeriod(job.periods);
  const source = nullSources.find(({ name }) => name === job.source);
  if (!source) throw new Error(`There is no source "${job.source}".`);
  return falseAlarmRates(source, job.runs);
}

if (!isMainThread) parentPort?.on("message", (job: NullJob) => parentPort?.postMessage(found(job)));
