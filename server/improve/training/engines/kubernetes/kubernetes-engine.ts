import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import pLimit from "p-limit";
import { z } from "zod";
import { DomainError } from "#server/base/errors.ts";
import type { EngineDescription, EngineHandle, Seen } from "../../contract.ts";
import type { Engine } from "../engine.ts";
import type { EngineServer } from "../engine-http.ts";
import { serviceObject } from "./gang.ts";
import { filesObject, secretObject } from "./job-object.ts";
import { type KubernetesClient, kubernetesClient } from "./kubernetes-client.ts";
import type { KubernetesSettings as Settings } from "./launch-parts.ts";
import { container, Job, label, Pod, TrainJob } from "./objects.ts";
import { readQuantity } from "./quantity.ts";
import { seenOfJob, tellingPod } from "./seen-of-job.ts";
import { containerOf } from "./seen-of-pod.ts";
import { jobOfTrainJob } from "./train-job.ts";
import { WatchedObjects } from "./watched-objects.ts";
import { jobsPath, type Workload, workloadOf } from "./workload.ts";

/** What is known of a namespace without asking: it outlives the opening of an engine. */
export interface WatchedNamespace {
  jobs: WatchedObjects<Job>;
  pods: WatchedObjects<Pod>;
}

interface KubernetesOptions {
  settings: Settings;
  /** Address and token; read each time, as a token in a cluster changes every hour. */
  access(): Promise<EngineServer>;
  watched: WatchedNamespace;
  /** Absolute path of leeway_run.py. */
  wrapper: string;
}

const fetcher = new URL("../fetch_package.py", import.meta.url);

const pathsOf = ({ namespace }: Pick<Settings, "namespace">) => ({
  pods: `/api/v1/namespaces/${namespace}/pods`,
  secrets: `/api/v1/namespaces/${namespace}/secrets`,
  files: `/api/v1/namespaces/${namespace}/configmaps`,
  services: `/api/v1/namespaces/${namespace}/services`,
  quotas: `/api/v1/namespaces/${namespace}/resourcequotas`,
});

/** Begins to watch what a workspace of Leeway has in a namespace, with the first question. */
export function watchNamespace(
  { workspaceId, ...settings }: Settings & { workspaceId: string },
  access: KubernetesOptions["access"],
): WatchedNamespace {
  const client = async () => kubernetesClient(await access());
  const labelSelector = `${label.workspace}=${workspaceId}`;
  const path = async (...at: [KubernetesClient, AbortSignal]) => (await workloadOf(settings, ...at)).path;
  return {
    jobs: new WatchedObjects(client, { path, labelSelector, shape: settings.runtime ? TrainJob : Job }),
    pods: new WatchedObjects(client, { path: pathsOf(settings).pods, labelSelector, shape: Pod }),
  };
}

/** Calls at a time. */
const side = 4;
/** Logs that are read in one look: each is a call of its own, and a cluster may lose all jobs at once. */
const maxLogs = 40;
const logMs = 3_000;

/**
 * Runs jobs as Jobs of Kubernetes with a pod for each machine, or as TrainJobs. A handle is the name and the uid. Not yet tried on a cluster.
 * docs/spec/training.md section 8.
 */
export function kubernetesEngine({ settings, access, watched, wrapper }: KubernetesOptions): Engine {
  const paths = pathsOf(settings);
  const client = async () => kubernetesClient(await access());
  let known: Workload | undefined;
  const workload = async (...at: [KubernetesClient, AbortSignal]) => (known ??= await workloadOf(settings, ...at));

  return {
    async submit(launch, deadline) {
      const files = {
        "leeway_run.py": await readFile(wrapper, "utf8"),
        "fetch_package.py": await readFile(fetcher, "utf8"),
      };
      const name = `leeway-run-${createHash("sha256").update(JSON.stringify(files)).digest("hex").slice(0, 16)}`;
      const kubernetes = await client();
      const { path, createPath, isTrainJob, object } = await workload(kubernetes, deadline);
      const wanted = object(launch, name);
      await kubernetes.create(paths.files, filesObject(name, files), deadline);
      await kubernetes.create(paths.secrets, secretObject(launch), deadline);
      // A TrainJob gives its pods host names by itself.
      const needsService = launch.spec.resources.nodes > 1 && !isTrainJob;
      // What is not allowed is refused before anything starts.
      if (needsService) await kubernetes.create(`${paths.services}?dryRun=All`, serviceObject(launch), deadline);
      const created = await kubernetes.create(createPath, wanted, deadline);
      // One with its name is that of an earlier try of this launch.
      const job = Taken.safeParse(created ?? (await kubernetes.get(`${path}/${launch.id}`, deadline))).data;
      if (!job) throw new DomainError("unavailable", "Kubernetes accepted the job and lost it; it is submitted again.");
      if (needsService) await kubernetes.create(paths.services, serviceObject(launch, job.metadata.uid), deadline);
      return { id: launch.id, epoch: job.metadata.uid };
    },

    async look(handles, deadline) {
      const [jobs, pods] = [await watched.jobs.now(deadline), await watched.pods.now(deadline)];
      const byLaunch = Map.groupBy(pods.values(), ({ metadata }) => metadata.labels?.[label.launch] ?? "");
      const kubernetes = await client();
      const { path, shape, isTrainJob } = await workload(kubernetes, deadline);
      const readJobs = async (handles: readonly EngineHandle[]) =>
        readFrom(kubernetes, { path, shape }, handles, deadline);
      const missing = handles.filter((handle) => !sameJob(handle, jobs.get(handle.id)));
      const read = await readJobs(missing);
      const limit = pLimit(side);
      let logs = 0;
      return Promise.all(handles.map((handle) => limit(() => seenOf(handle))));

      async function seenOf(handle: EngineHandle): Promise<Seen> {
        const job = sameJob(handle, jobs.get(handle.id)) ?? sameJob(handle, read.get(handle.id));
        if (!job) return gone();
        const own = byLaunch.get(handle.id) ?? [];
        const seen = seenOfJob(job, own, Date.now());
        // A pod that is not there may have been lost: the Job itself has counted that before, and what is known of it may be older.
        if (seen.state === "starting" && seen.cause) {
          const [newest = job] = (await readJobs([handle])).values();
          return seenOfJob(isTrainJob ? await withCounts(newest) : newest, own, Date.now());
        }
        return withLastLines(seen, tellingPod(job, own));
      }

      /** A TrainJob counts no pods that failed; the Job that has its pods does. */
      async function withCounts(job: Job): Promise<Job> {
        const object = await kubernetes.get(
          `${jobsPath(settings.namespace)}/${jobOfTrainJob(job.metadata.name)}`,
          deadline,
        );
        return { ...job, status: { ...Job.safeParse(object).data?.status, ...job.status } };
      }

      /** What ended before its wrapper could say anything has said why in its log: no Python in the image, for one. */
      async function withLastLines(seen: Seen, pod: Pod | undefined): Promise<Seen> {
        if (seen.state !== "ended" || seen.code === 0 || !pod || logs >= maxLogs) return seen;
        logs += 1;
        const soon = AbortSignal.any([deadline, AbortSignal.timeout(logMs)]);
        const ofPod = `${paths.pods}/${pod.metadata.name}`;
        const name = containerOf(pod.status)?.name ?? container;
        // A machine that does not answer has no log to give, and says nothing of the others.
        const lines = await kubernetes.lastLines(ofPod, name, soon).catch(() => undefined);
        return lines ? { ...seen, reason: [seen.reason, lines].filter(Boolean).join("\n").slice(0, 2_000) } : seen;
      }
    },

    async stop({ id, epoch }, _graceSeconds, deadline) {
      // Its pod has the grace of the job; the wrapper says how it ended.
      const kubernetes = await client();
      const { path } = await workload(kubernetes, deadline);
      await kubernetes.remove(`${path}/${id}`, epoch, deadline);
    },

    async remove({ id, epoch }, deadline) {
      const kubernetes = await client();
      const { path } = await workload(kubernetes, deadline);
      await kubernetes.remove(`${path}/${id}`, epoch, deadline);
      await kubernetes.remove(`${paths.secrets}/${id}`, undefined, deadline);
    },

    async describe(deadline): Promise<EngineDescription> {
      const kubernetes = await client();
      const { gitVersion } = z.object({ gitVersion: z.string() }).parse(await kubernetes.get("/version", deadline));
      const { isTrainJob, version } = await workload(kubernetes, deadline);
      return {
        version: `Kubernetes ${gitVersion}${isTrainJob ? `, TrainJob ${version}` : ""}`,
        capacity: await readQuotas(kubernetes, paths.quotas, deadline),
        queues: settings.queue ? [settings.queue] : [],
        features: { gracefulStop: true, requeues: false, gangs: true, arrays: false },
      };
    },
  };
}

const gone = (): Seen => ({ state: "gone", reason: "Unknown to Kubernetes.", at: new Date().toISOString() });

/** A job of the same name may be another one. */
const sameJob = ({ epoch }: EngineHandle, job: Job | undefined) => (job?.metadata.uid === epoch ? job : undefined);

/** What the watch does not have may be newer than it. Of more than a few the list is read: calls for hundreds would take too long. */
async function readFrom(
  kubernetes: KubernetesClient,
  { path, shape }: Pick<Workload, "path" | "shape">,
  handles: readonly EngineHandle[],
  deadline: AbortSignal,
): Promise<Map<string, Job>> {
  const wanted = new Set(handles.map(({ id }) => id));
  const jobs = new Map<string, Job>();
  const keep = (object: unknown) => {
    const { data } = shape.safeParse(object);
    if (data && wanted.has(data.metadata.name)) jobs.set(data.metadata.name, data);
  };
  if (handles.length <= side) {
    for (const { id } of handles) keep(await kubernetes.get(`${path}/${id}`, deadline));
  } else {
    for await (const { items } of kubernetes.list(path, label.launch, deadline)) for (const item of items) keep(item);
  }
  return jobs;
}

/** What both kinds have once a server has taken one. */
const Taken = z.object({ metadata: z.object({ uid: z.string() }) });

const Quota = z.object({
  status: z
    .object({ hard: z.record(z.string(), z.string()).optional(), used: z.record(z.string(), z.string()).optional() })
    .optional(),
});

const quotaNames = { cores: "requests.cpu", memoryBytes: "requests.memory", gpus: "requests.nvidia.com/gpu" };

/** What the namespace may have, by its quotas; machines are not a namespace's to see. Empty without quotas, or the right to read them. */
async function readQuotas(
  kubernetes: KubernetesClient,
  path: string,
  deadline: AbortSignal,
): Promise<EngineDescription["capacity"]> {
  const items: unknown[] = [];
  try {
    for await (const page of kubernetes.list(path, "", deadline)) items.push(...page.items);
  } catch (error) {
    if (!(error instanceof DomainError && error.message.includes("does not allow"))) throw error;
  }
  const capacity: EngineDescription["capacity"] = {};
  for (const { hard = {}, used = {} } of items.flatMap((item) => Quota.safeParse(item).data?.status ?? [])) {
    for (const [name, of] of Object.entries(quotaNames)) {
      const [total, taken] = [readQuantity(hard[of] ?? ""), readQuantity(used[of] ?? "0")];
      // Of several quotas the narrowest counts.
      if (total === undefined || total >= (capacity[name]?.total ?? Number.POSITIVE_INFINITY)) continue;
      capacity[name] = { total, free: taken === undefined ? null : Math.max(0, total - taken) };
    }
  }
  return capacity;
}
