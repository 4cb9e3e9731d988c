import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { DomainError } from "#server/base/errors.ts";
import type { EngineDescription, EngineHandle, EngineSettings, Seen } from "../../contract.ts";
import type { Engine } from "../engine.ts";
import type { EngineServer } from "../engine-http.ts";
import { serviceObject } from "./gang.ts";
import { filesObject, jobObject, secretObject } from "./job-object.ts";
import { type KubernetesClient, kubernetesClient } from "./kubernetes-client.ts";
import { container, Job, label, Pod } from "./objects.ts";
import { readQuantity } from "./quantity.ts";
import { seenOfJob, tellingPod } from "./seen-of-job.ts";
import { WatchedObjects } from "./watched-objects.ts";

type Settings = Extract<EngineSettings, { kind: "kubernetes" }>;

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
  jobs: `/apis/batch/v1/namespaces/${namespace}/jobs`,
  pods: `/api/v1/namespaces/${namespace}/pods`,
  secrets: `/api/v1/namespaces/${namespace}/secrets`,
  files: `/api/v1/namespaces/${namespace}/configmaps`,
  services: `/api/v1/namespaces/${namespace}/services`,
  quotas: `/api/v1/namespaces/${namespace}/resourcequotas`,
});

/** Begins to watch what Leeway has made in a namespace, with the first question. */
export function watchNamespace(
  settings: Pick<Settings, "namespace">,
  access: KubernetesOptions["access"],
): WatchedNamespace {
  const client = async () => kubernetesClient(await access());
  const { jobs, pods } = pathsOf(settings);
  return {
    jobs: new WatchedObjects(client, { path: jobs, labelSelector: label.launch, shape: Job }),
    pods: new WatchedObjects(client, { path: pods, labelSelector: label.launch, shape: Pod }),
  };
}

/**
 * Runs jobs as Jobs of Kubernetes, with a pod for each machine. A handle is the name and the uid. Not yet tried on a cluster.
 * docs/spec/training.md section 8.
 */
export function kubernetesEngine({ settings, access, watched, wrapper }: KubernetesOptions): Engine {
  const paths = pathsOf(settings);
  const client = async () => kubernetesClient(await access());

  return {
    async submit(launch, deadline) {
      const files = {
        "leeway_run.py": await readFile(wrapper, "utf8"),
        "fetch_package.py": await readFile(fetcher, "utf8"),
      };
      const name = `leeway-run-${createHash("sha256").update(JSON.stringify(files)).digest("hex").slice(0, 16)}`;
      const object = jobObject(launch, { settings, files: name });
      const kubernetes = await client();
      await kubernetes.create(paths.files, filesObject(name, files), deadline);
      await kubernetes.create(paths.secrets, secretObject(launch), deadline);
      const isGang = launch.spec.resources.nodes > 1;
      // What is not allowed is refused before anything starts.
      if (isGang) await kubernetes.create(`${paths.services}?dryRun=All`, serviceObject(launch), deadline);
      const created = await kubernetes.create(paths.jobs, object, deadline);
      // One with its name is that of an earlier try of this launch.
      const job = Job.safeParse(created ?? (await kubernetes.get(`${paths.jobs}/${launch.id}`, deadline))).data;
      if (!job)
        throw new DomainError("unavailable", "Kubernetes took the job and does not know it; it is submitted again.");
      if (isGang) await kubernetes.create(paths.services, serviceObject(launch, job.metadata.uid), deadline);
      return { id: launch.id, epoch: job.metadata.uid };
    },

    async look(handles, deadline) {
      const [jobs, pods] = [await watched.jobs.now(deadline), await watched.pods.now(deadline)];
      const byLaunch = Map.groupBy(pods.values(), ({ metadata }) => metadata.labels?.[label.launch] ?? "");
      const kubernetes = await client();
      const seen: Seen[] = [];
      for (const handle of handles) {
        const job =
          sameJob(handle, jobs.get(handle.id)) ??
          sameJob(handle, await readJob(kubernetes, `${paths.jobs}/${handle.id}`, deadline));
        const own = byLaunch.get(handle.id) ?? [];
        seen.push(job ? await seenNow(job, own) : gone());
      }
      return seen;

      async function seenNow(job: Job, own: readonly Pod[]): Promise<Seen> {
        const seen = seenOfJob(job, own, Date.now());
        if (seen.state === "starting" && seen.cause) return seenOfJob(await readAgain(job), own, Date.now());
        const pod = tellingPod(job, own);
        return withLastLines(kubernetes, seen, pod && `${paths.pods}/${pod.metadata.name}`);
      }

      /** A pod that is not there may have been lost: the Job itself has counted that before, and what is known of the Job may be older. */
      async function readAgain(job: Job): Promise<Job> {
        return (await readJob(kubernetes, `${paths.jobs}/${job.metadata.name}`, deadline)) ?? job;
      }

      /** What ended before its wrapper could say anything has said why in its log: no Python in the image, for one. */
      async function withLastLines(kubernetes: KubernetesClient, seen: Seen, path: string | undefined): Promise<Seen> {
        if (seen.state !== "ended" || seen.code === 0 || !path) return seen;
        const lines = await kubernetes.lastLines(path, container, deadline);
        return lines ? { ...seen, reason: [seen.reason, lines].filter(Boolean).join("\n").slice(0, 2_000) } : seen;
      }
    },

    async stop({ id, epoch }, _graceSeconds, deadline) {
      // Its pod has the grace of the job; the wrapper says how it ended.
      await (await client()).remove(`${paths.jobs}/${id}`, epoch, deadline);
    },

    async remove({ id, epoch }, deadline) {
      const kubernetes = await client();
      await kubernetes.remove(`${paths.jobs}/${id}`, epoch, deadline);
      await kubernetes.remove(`${paths.secrets}/${id}`, undefined, deadline);
    },

    async describe(deadline): Promise<EngineDescription> {
      const kubernetes = await client();
      const { gitVersion } = z.object({ gitVersion: z.string() }).parse(await kubernetes.get("/version", deadline));
      return {
        version: `Kubernetes ${gitVersion}`,
        capacity: await readQuotas(kubernetes, paths.quotas, deadline),
        queues: settings.queue ? [settings.queue] : [],
        features: { gracefulStop: true, requeues: false, gangs: true, arrays: false },
      };
    },
  };
}

const gone = (): Seen => ({ state: "gone", reason: "Kubernetes does not know it.", at: new Date().toISOString() });

/** A job of the same name may be another one. */
const sameJob = ({ epoch }: EngineHandle, job: Job | undefined) => (job?.metadata.uid === epoch ? job : undefined);

/** What the watch does not have may be newer than it. */
async function readJob(kubernetes: KubernetesClient, path: string, deadline: AbortSignal): Promise<Job | undefined> {
  return Job.safeParse(await kubernetes.get(path, deadline)).data;
}

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
  const { items } = await kubernetes.list(path, "", deadline).catch((error: unknown) => {
    if (error instanceof DomainError && error.message.includes("does not allow")) return { items: [] };
    throw error;
  });
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
