import { z } from "zod";
import { DomainError } from "#server/base/errors.ts";
import { askEngine, type EngineAnswer, type EngineRequest, type EngineServer } from "../engine-http.ts";

/** Numbers of slurmrestd that may be missing or infinite. */
const OptionalNumber = z.object({ set: z.boolean(), number: z.number() });

/** A job as slurmrestd describes it: only what Leeway reads of some 150 fields. */
export const SlurmJob = z.object({
  job_id: z.int(),
  name: z.string().nullish(),
  comment: z.string().nullish(),
  /** A state, and flags such as COMPLETING. */
  job_state: z.array(z.string()),
  state_reason: z.string().nullish(),
  exit_code: z
    .object({ return_code: OptionalNumber, signal: z.object({ id: OptionalNumber, name: z.string().nullish() }) })
    .nullish(),
  restart_cnt: z.int().nullish(),
});
export type SlurmJob = z.infer<typeof SlurmJob>;

const Meta = z.object({ slurm: z.object({ release: z.string(), cluster: z.string() }) });
/** Parts of an answer that say what went wrong. */
const Errors = z.object({
  errors: z.array(z.object({ error: z.string().nullish(), error_number: z.int().nullish() })).nullish(),
});

const Node = z.object({
  state: z.array(z.string()).nullish(),
  partitions: z.array(z.string()).nullish(),
  cpus: z.number().nullish(),
  alloc_cpus: z.number().nullish(),
  /** In MiB. */
  real_memory: z.number().nullish(),
  alloc_memory: z.number().nullish(),
  /** "gpu:h100:4(S:0)". */
  gres: z.string().nullish(),
  gres_used: z.string().nullish(),
});
export type SlurmNode = z.infer<typeof Node>;

const maxListBytes = 64 * 2 ** 20;
/** Slurm's own numbers of errors. */
const [unknownJob, alreadyOver, badToken] = [2017, 2021, 1007];

export type SlurmClient = ReturnType<typeof slurmClient>;

/**
 * Client of slurmrestd, version 0.0.42 of its interface (Slurm 24.11). docs/spec/training.md section 9.
 * @param token JSON Web Token of the user, as `scontrol token` makes it
 */
export function slurmClient({ address, user, token }: { address: string; user: string; token: string }) {
  const headers = { "x-slurm-user-name": user, "x-slurm-user-token": token };
  const server: EngineServer = { name: "Slurm", address, headers };
  const ask = (
    method: EngineRequest["method"],
    path: string,
    deadline: AbortSignal,
    more: Partial<EngineRequest> = {},
  ) => askEngine(server, { ...more, method, path: `/slurm/v0.0.42${path}` }, deadline);

  return {
    /**
     * @returns the number that the job got, which may go to another one when the controller dies in the next seconds
     * @throws DomainError "invalid" for a field that Slurm does not know: it would leave it out, and only mention it
     */
    async submit(body: { script: string; job: Record<string, unknown> }, deadline: AbortSignal): Promise<number> {
      const answer = await ask("POST", "/job/submit", deadline, { body: { json: body } });
      const shape = z.object({ job_id: z.int(), warnings: z.array(z.object({ description: z.string() })).nullish() });
      const { job_id, warnings } = parse(shape, expectOk(answer));
      const ignored = warnings?.find(({ description }) => description.startsWith("Ignoring unknown field"));
      if (!ignored) return job_id;
      await this.cancel(job_id, undefined, deadline);
      throw new DomainError("invalid", `Slurm rejected the job: ${ignored.description}.`, { field: "engineFields" });
    },

    /** One job; undefined where Slurm does not know it, or no longer. */
    async job(id: number, deadline: AbortSignal): Promise<SlurmJob | undefined> {
      const answer = await ask("GET", `/job/${id}`, deadline);
      if (answer.status === 404 && problemOf(answer).number === unknownJob) return undefined;
      const { jobs } = parse(z.object({ jobs: z.array(SlurmJob) }), expectOk(answer));
      return jobs.find(({ job_id }) => job_id === id);
    },

    /** All jobs that Slurm knows. @throws DomainError "too-large" where they are too many for one answer */
    async jobs(deadline: AbortSignal): Promise<SlurmJob[]> {
      const answer = expectOk(await ask("GET", "/jobs/", deadline, { maxBytes: maxListBytes }));
      const { jobs } = parse(z.object({ jobs: z.array(z.unknown()) }), answer);
      return jobs.flatMap((job) => SlurmJob.safeParse(job).data ?? []);
    },

    async update(id: number, changes: Record<string, unknown>, deadline: AbortSignal): Promise<void> {
      expectOk(await ask("POST", `/job/${id}`, deadline, { body: { json: changes } }));
    },

    /**
     * Cancels a job, or sends a signal to its steps. Without the flag the signal would go to srun as well, which then kills its step at once.
     * @returns false where it is over, or not known
     */
    async cancel(id: number, signal: "SIGTERM" | undefined, deadline: AbortSignal): Promise<boolean> {
      const query = signal ? `?signal=${signal}&flags=FULL_STEPS_ONLY` : "";
      const answer = expectOk(await ask("DELETE", `/job/${id}${query}`, deadline));
      // The status is 200 whatever happened.
      const shape = z.object({ status: z.array(z.object({ error: z.object({ code: z.int(), string: z.string() }) })) });
      const [problem] = parse(shape, answer).status;
      if (!problem || problem.error.code === 0) return true;
      if ([unknownJob, alreadyOver].includes(problem.error.code)) return false;
      throw new DomainError("unavailable", `Slurm did not end the job: ${problem.error.string}.`);
    },

    /** Release of Slurm, and the name of the cluster. @throws DomainError "unavailable" also where the controller does not answer */
    async ping(deadline: AbortSignal): Promise<{ release: string; cluster: string }> {
      const answer = expectOk(await ask("GET", "/ping/", deadline));
      const shape = z.object({ pings: z.array(z.object({ pinged: z.string() })), meta: z.unknown() });
      const { pings, meta } = parse(shape, answer);
      // A wrong token gets this answer as well.
      if (!pings.some(({ pinged }) => pinged === "UP")) {
        throw new DomainError(
          "unavailable",
          "Slurm's controller does not respond, or the token of this engine is invalid.",
        );
      }
      const { slurm } = Meta.parse(meta);
      return slurm;
    },

    async partitions(deadline: AbortSignal): Promise<string[]> {
      const answer = expectOk(await ask("GET", "/partitions/", deadline, { maxBytes: maxListBytes }));
      const shape = z.object({ partitions: z.array(z.object({ name: z.string() })) });
      return parse(shape, answer).partitions.map(({ name }) => name);
    },

    async nodes(deadline: AbortSignal): Promise<SlurmNode[]> {
      const answer = expectOk(await ask("GET", "/nodes/", deadline, { maxBytes: maxListBytes }));
      return parse(z.object({ nodes: z.array(Node) }), answer).nodes;
    },
  };
}

function problemOf({ body }: EngineAnswer): { number: number | undefined; words: string } {
  try {
    const [first] = Errors.parse(JSON.parse(body.toString("utf8"))).errors ?? [];
    return { number: first?.error_number ?? undefined, words: (first?.error ?? "").slice(0, 300) };
  } catch {
    return { number: undefined, words: body.toString("utf8", 0, 300).trim() };
  }
}

/** Its own numbers for mistakes of the caller, which stay mistakes: partition, resources, folder, account and the like. */
const isMistake = (number: number | undefined) =>
  number !== undefined && number >= 2000 && number < 3000 && number !== unknownJob;

/** @throws DomainError for every answer that is no success */
function expectOk(answer: EngineAnswer): EngineAnswer {
  if (answer.status === 200 && answer.type.startsWith("application/json")) return answer;
  const { number, words } = problemOf(answer);
  if (answer.status === 401 || number === badToken) {
    throw new DomainError(
      "unavailable",
      `Slurm rejected the user or the token of this engine, which may have expired: ${words}.`,
    );
  }
  if (answer.status === 200 || (answer.status === 404 && number === undefined)) {
    throw new DomainError("unavailable", "No slurmrestd with API v0.0.42 at this address.");
  }
  if (isMistake(number))
    throw new DomainError("invalid", `Slurm rejected the job: ${words}`, { field: "engineFields" });
  throw new DomainError("unavailable", `Slurm responded with ${answer.status}: ${words}.`);
}

function parse<T>(shape: z.ZodType<T>, answer: EngineAnswer): T {
  try {
    return shape.parse(JSON.parse(answer.body.toString("utf8")));
  } catch (cause) {
    throw new DomainError("unavailable", "Unknown response format of Slurm.", { cause });
  }
}
