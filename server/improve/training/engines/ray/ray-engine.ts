import { DomainError } from "#server/base/errors.ts";
import type { EngineHandle, EngineSettings, Seen } from "../../contract.ts";
import type { Engine, Launch } from "../engine.ts";
import { mergeFields } from "../merge-fields.ts";
import { type RayClient, rayClient } from "./ray-client.ts";
import { rayPackage, wrapperName } from "./ray-package.ts";
import { seenOfJob } from "./seen-of-job.ts";

interface RayOptions {
  settings: Extract<EngineSettings, { kind: "ray" }>;
  /** Token of a cluster that asks for one. */
  token: string | undefined;
  /** Absolute path of leeway_run.py. */
  wrapper: string;
}

/** Version of the Jobs API with DELETE, since Ray 2.7. */
const apiVersion = 4;
/** With other characters, Ray keeps a job that can neither run nor be deleted. */
const idPattern = /^[A-Za-z0-9_-]{1,64}$/;
/** Time that the wrapper has for its last upload and its report once the program has ended. */
const reportSeconds = 15;

/**
 * Runs jobs on a Ray cluster by its Jobs API. A handle belongs to a session of the cluster's head: after its next start it knows no job of
 * before. docs/spec/training.md section 7.
 */
export function rayEngine({ settings, token, wrapper }: RayOptions): Engine {
  const ray = rayClient({ address: settings.address, token });
  return {
    async submit(launch, deadline) {
      requireFit(launch);
      const { session_name: epoch } = await ray.version(deadline);
      const body = bodyOf(launch, await upload(ray, { launch, wrapper }, deadline));
      // False: an earlier try of this launch got through. It is ours, whose id nobody else uses.
      await ray.submit(body, deadline);
      return { id: launch.id, epoch };
    },

    async look(handles, deadline) {
      const { session_name: session } = await ray.version(deadline);
      const jobs = await jobsOf(ray, handles, deadline);
      const at = new Date().toISOString();
      return handles.map(({ id, epoch }): Seen => {
        const job = epoch === session ? jobs.get(id) : undefined;
        if (job) return seenOfJob(job, at);
        const reason = epoch === session ? "Unknown to Ray." : "Ray was restarted and lost its earlier jobs.";
        return { state: "gone", reason, at };
      });
    },

    async stop({ id }, _graceSeconds, deadline) {
      // A job that waits starts for a moment before it is stopped; its wrapper then gets no leave to run anything.
      await ray.stop(id, deadline);
    },

    async remove({ id }, deadline) {
      if (!(await ray.remove(id, deadline))) await ray.stop(id, deadline);
    },

    async describe(deadline) {
      const { version, ray_version: release } = await ray.version(deadline);
      if (!(Number(version) >= apiVersion)) {
        throw new DomainError(
          "unavailable",
          `Ray ${release} is too old: Leeway needs its Jobs API ${apiVersion}, it has ${version}.`,
        );
      }
      const resources = await ray.resources(deadline);
      const count = (name: string) => ({ total: resources[name] ?? 0, free: null });
      return {
        version: `Ray ${release}`,
        capacity: { cores: count("CPU"), memoryBytes: count("memory"), gpus: count("GPU") },
        queues: [],
        features: { gracefulStop: true, requeues: false, gangs: false, arrays: false },
      };
    },
  };
}

/** @throws DomainError "invalid" for what Ray can never run */
function requireFit({ id, spec }: Launch): void {
  if (!idPattern.test(id)) throw new DomainError("invalid", `"${id.slice(0, 100)}" cannot name a job of Ray.`);
  if (!spec.image) return;
  const message =
    "Ray starts programs in the environment of its nodes. Leave the image empty, or choose another engine.";
  throw new DomainError("invalid", message, { field: "image" });
}

/** One list has them all; where a cluster has too many jobs for one, each is asked for. */
async function jobsOf(ray: RayClient, handles: readonly EngineHandle[], deadline: AbortSignal) {
  try {
    return await ray.jobs(deadline);
  } catch (error) {
    if (!(error instanceof DomainError && error.code === "too-large")) throw error;
  }
  const found = new Map<string, NonNullable<Awaited<ReturnType<RayClient["job"]>>>>();
  for (const { id } of handles) {
    const job = await ray.job(id, deadline);
    if (job) found.set(id, job);
  }
  return found;
}

/** Makes sure that Ray has the package. @returns its name */
async function upload(
  ray: RayClient,
  { launch, wrapper }: { launch: Launch; wrapper: string },
  deadline: AbortSignal,
): Promise<string> {
  const { name, build } = await rayPackage(wrapper, launch.package);
  if (!(await ray.hasPackage(name, deadline))) await build((file) => ray.uploadPackage(name, file, deadline));
  return name;
}

/** What is submitted. Ray shows all of it to everybody who may read its jobs, so the launch token is the one secret in it. */
function bodyOf({ id, jobId, workspaceId, spec, wrapper }: Launch, packageName: string) {
  const { cores, gpus, gpuKind, memoryBytes, nodes } = spec.resources;
  // Several machines are the program's own to ask for, by Ray Train: what is started here only directs them.
  const own = nodes > 1 ? { cores: 1, gpus: 0, memoryBytes: 0 } : { cores, gpus, memoryBytes };
  const body = {
    entrypoint: `exec python3 ${wrapperName}`,
    submission_id: id,
    entrypoint_num_cpus: own.cores,
    ...(own.gpus > 0 && { entrypoint_num_gpus: own.gpus }),
    ...(own.gpus > 0 && gpuKind && { entrypoint_resources: { [`accelerator_type:${gpuKind}`]: 0.001 } }),
    ...(own.memoryBytes > 0 && { entrypoint_memory: own.memoryBytes }),
    metadata: { leeway_job: jobId, leeway_launch: id, leeway_workspace: workspaceId },
    runtime_env: {
      working_dir: `gcs://${packageName}.zip`,
      env_vars: {
        LEEWAY_URL: wrapper.url,
        LEEWAY_LAUNCH: id,
        LEEWAY_LAUNCH_TOKEN: wrapper.token,
        // Else Ray kills a program three seconds after it asked it to end.
        RAY_JOB_STOP_WAIT_TIME_S: String(spec.limits.graceSeconds + reportSeconds),
      },
    },
  };
  return mergeFields(spec.engineFields, body) as typeof body & Record<string, unknown>;
}
