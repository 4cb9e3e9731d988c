import pLimit from "p-limit";
import { DomainError } from "#server/base/errors.ts";
import type { EngineDescription, EngineHandle, EngineSettings, Seen } from "../../contract.ts";
import type { Engine, Launch } from "../engine.ts";
import { mergeFields } from "../merge-fields.ts";
import { batchScript } from "./batch-script.ts";
import { seenOfJob } from "./seen-of-job.ts";
import { type SlurmClient, type SlurmJob, type SlurmNode, slurmClient } from "./slurm-client.ts";

interface SlurmOptions {
  settings: Extract<EngineSettings, { kind: "slurm" }>;
  /** JSON Web Token of the user. */
  token: string | undefined;
  /** Absolute path of leeway_run.py. */
  wrapper: string;
}

/** What Leeway writes into the comment of a job: numbers of jobs are used again, launches are not. */
interface Comment {
  leeway_launch: string;
  /** Milliseconds since 1970 of the first wish to stop it. */
  stop_asked_at?: number;
}

/** Calls at a time. */
const side = 4;
/** Time that the wrapper has for its last upload and its report once the program has ended. */
const reportSeconds = 15;

/**
 * Runs jobs on a Slurm cluster by slurmrestd. A handle is the number of a job and the launch that its comment names: the controller gives a number
 * out again when it dies before it has saved a job. docs/spec/training.md section 9.
 */
export function slurmEngine({ settings, token, wrapper }: SlurmOptions): Engine {
  if (token === undefined) throw new DomainError("unavailable", "Enter a Slurm token as the secret of this engine.");
  const slurm = slurmClient({ address: settings.address, user: settings.user, token });
  const limit = pLimit(side);

  /** @param known where it has been listed already */
  async function look({ id, epoch }: EngineHandle, deadline: AbortSignal, known?: SlurmJob): Promise<Seen> {
    const job = known ?? (await slurm.job(Number(id), deadline));
    const at = new Date().toISOString();
    if (job && launchOf(job) === epoch) return seenOfJob(job, at);
    // It forgets jobs some minutes after their end.
    const reason = job ? "Slurm reused its ID for another job." : "Unknown to Slurm.";
    return { state: "gone", reason, at };
  }

  return {
    async submit(launch, deadline) {
      const known = await findLaunch(slurm, launch.id, deadline);
      const id = known?.job_id ?? (await slurm.submit(await bodyOf(launch, { settings, wrapper }), deadline));
      // An answer alone is no promise: a controller that dies within seconds of it has forgotten the job.
      const job = known ?? (await slurm.job(id, deadline));
      if (!job || launchOf(job) !== launch.id) {
        throw new DomainError("unavailable", "Slurm accepted the job and lost it; it is submitted again.");
      }
      return { id: String(id), epoch: launch.id };
    },

    async look(handles, deadline) {
      // Each call takes some time: hundreds of them would take too long.
      const listed = handles.length > side ? await listJobs(slurm, deadline) : [];
      const known = new Map(listed.map((job) => [String(job.job_id), job]));
      return Promise.all(handles.map((handle) => limit(() => look(handle, deadline, known.get(handle.id)))));
    },

    async stop({ id, epoch }, graceSeconds, deadline) {
      const number = Number(id);
      const job = await slurm.job(number, deadline);
      if (!job || launchOf(job) !== epoch) return;
      const isRunning = seenOfJob(job, "").state === "running";
      const { stop_asked_at: askedAt } = commentOf(job);
      // What waits is cancelled. What runs is asked by a signal, since the time between Slurm's own SIGTERM and SIGKILL is the cluster's.
      const isLate = askedAt !== undefined && Date.now() - askedAt > (graceSeconds + reportSeconds) * 1000;
      if (!isRunning || isLate) await slurm.cancel(number, undefined, deadline);
      else if (askedAt === undefined) {
        const comment: Comment = { leeway_launch: epoch, stop_asked_at: Date.now() };
        await slurm.update(number, { comment: JSON.stringify(comment) }, deadline);
        await slurm.cancel(number, "SIGTERM", deadline);
      }
    },

    async remove({ id, epoch }, deadline) {
      const job = await slurm.job(Number(id), deadline);
      // Slurm forgets ended jobs itself; one that it put back into its queue is not to run again.
      if (job && launchOf(job) === epoch && seenOfJob(job, "").state !== "ended") {
        await slurm.cancel(Number(id), undefined, deadline);
      }
    },

    describe: (deadline) => describeCluster(slurm, settings.partition, deadline),
  };
}

/** The job of an earlier try. Where Slurm has too many jobs for one answer there is none: the wrapper of a second copy gets no leave to run. */
async function findLaunch(slurm: SlurmClient, launchId: string, deadline: AbortSignal): Promise<SlurmJob | undefined> {
  return (await listJobs(slurm, deadline)).find((job) => job.name === launchId && launchOf(job) === launchId);
}

/** All jobs that Slurm knows; none where they are too many for one answer. */
async function listJobs(slurm: SlurmClient, deadline: AbortSignal): Promise<SlurmJob[]> {
  return slurm.jobs(deadline).catch((error: unknown) => {
    if (error instanceof DomainError && error.code === "too-large") return [];
    throw error;
  });
}

function commentOf({ comment }: SlurmJob): Partial<Comment> {
  try {
    const read: unknown = JSON.parse(comment ?? "");
    return typeof read === "object" && read !== null ? read : {};
  } catch {
    return {};
  }
}

const launchOf = (job: SlurmJob) => commentOf(job).leeway_launch;

async function bodyOf(launch: Launch, { settings, wrapper }: Pick<SlurmOptions, "settings" | "wrapper">) {
  const { id, spec } = launch;
  if (spec.image) {
    const message =
      "Slurm starts programs on its machines as they are. Leave the image empty, or choose another engine.";
    throw new DomainError("invalid", message, { field: "image" });
  }
  const { cores, gpus, gpuKind, memoryBytes, nodes } = spec.resources;
  const { partition, account, workingFolder } = settings;
  const output = `${workingFolder.replace(/\/$/, "")}/leeway-%j.log`;
  const comment: Comment = { leeway_launch: id };
  const job = {
    name: id,
    comment: JSON.stringify(comment),
    ...(partition && { partition }),
    ...(account && { account }),
    tasks: nodes,
    ...(nodes > 1 && { minimum_nodes: nodes, maximum_nodes: nodes, tasks_per_node: 1 }),
    cpus_per_task: Math.ceil(cores),
    ...(memoryBytes > 0 && { memory_per_node: { set: true, number: Math.ceil(memoryBytes / 2 ** 20) } }),
    ...(gpus > 0 && { tres_per_node: `gres/gpu${gpuKind && `:${gpuKind}`}:${gpus}` }),
    // Leeway's own limit comes first; this one is for the case that nobody hears of the job any more.
    time_limit: { set: true, number: Math.ceil(spec.limits.hours * 60 + spec.limits.graceSeconds / 60 + 10) },
    current_working_directory: workingFolder,
    standard_output: output,
    standard_error: output,
    open_mode: ["APPEND"],
    // Whether it starts again is decided in one place, by what it has used up.
    requeue: false,
    environment: [
      "PATH=/usr/local/bin:/usr/bin:/bin",
      "LANG=C.UTF-8",
      `LEEWAY_URL=${launch.wrapper.url}`,
      `LEEWAY_LAUNCH=${id}`,
      `LEEWAY_LAUNCH_TOKEN=${launch.wrapper.token}`,
    ],
  };
  return {
    script: await batchScript(launch, { wrapper, folder: workingFolder }),
    job: mergeFields(spec.engineFields, job) as Record<string, unknown>,
  };
}

/** Says what the cluster has; of a partition, where the engine names one, since its jobs run nowhere else. */
async function describeCluster(
  slurm: SlurmClient,
  partition: string,
  deadline: AbortSignal,
): Promise<EngineDescription> {
  const { release, cluster } = await slurm.ping(deadline);
  const [queues, nodes] = [await slurm.partitions(deadline), await slurm.nodes(deadline)];
  const up = nodes.filter(
    ({ state, partitions }) =>
      !(state ?? []).some((one) => ["DOWN", "DRAIN", "FAIL", "NOT_RESPONDING"].includes(one)) &&
      (partition === "" || partitions?.includes(partition)),
  );
  const sum = (count: (node: SlurmNode) => number) => up.reduce((total, node) => total + count(node), 0);
  const capacity = (total: number, used: number) => ({ total, free: Math.max(0, total - used) });
  const mebibyte = 2 ** 20;
  return {
    version: `Slurm ${release}, cluster ${cluster}`,
    capacity: {
      cores: capacity(
        sum(({ cpus }) => cpus ?? 0),
        sum(({ alloc_cpus }) => alloc_cpus ?? 0),
      ),
      memoryBytes: capacity(
        sum(({ real_memory }) => (real_memory ?? 0) * mebibyte),
        sum(({ alloc_memory }) => (alloc_memory ?? 0) * mebibyte),
      ),
      gpus: capacity(
        sum(({ gres }) => gpusOf(gres)),
        sum(({ gres_used }) => gpusOf(gres_used)),
      ),
    },
    queues,
    features: { gracefulStop: true, requeues: false, gangs: true, arrays: true },
  };
}

/** Counts the GPUs of "gpu:h100:4(S:0-1),gpu:2". */
function gpusOf(gres: string | null | undefined): number {
  let count = 0;
  for (const found of (gres ?? "").matchAll(/(?:^|,)(?:gres\/)?gpu(?::[^:,()]+)?:(\d+)/g)) count += Number(found[1]);
  return count;
}
