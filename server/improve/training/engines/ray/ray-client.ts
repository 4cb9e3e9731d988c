import { createReadStream } from "node:fs";
import { z } from "zod";
import { DomainError } from "#server/base/errors.ts";
import { askEngine, type EngineAnswer, type EngineRequest, type EngineServer } from "../engine-http.ts";

/** What Ray answers of itself; `session_name` is another one after each start of its head. */
const Version = z.object({ version: z.string(), ray_version: z.string(), session_name: z.string() });

/** A job as Ray describes it: only what Leeway reads. Drivers that nobody submitted have no submission_id. */
export const RayJob = z.object({
  submission_id: z.string().nullish(),
  status: z.string(),
  message: z.string().nullish(),
  error_type: z.string().nullish(),
  driver_exit_code: z.int().nullish(),
});
export type RayJob = z.infer<typeof RayJob>;

const Nodes = z.object({
  data: z.object({
    summary: z.array(
      z.object({
        raylet: z.object({ state: z.string().nullish(), resourcesTotal: z.record(z.string(), z.number()).nullish() }),
      }),
    ),
  }),
});

/** One list has all jobs of the cluster, each with up to 20,000 characters of its log. */
const maxListBytes = 64 * 2 ** 20;
/** Ray's own limit. */
const maxPackageBytes = 100 * 2 ** 20;
const uploadMs = 120_000;

export type RayClient = ReturnType<typeof rayClient>;

/**
 * Client of Ray's Jobs API. Errors of Ray are texts: they are recognised by their words, of which the last line is kept.
 * docs/spec/training.md section 7.
 * @param token of a cluster with RAY_AUTH_MODE=token
 */
export function rayClient({ address, token }: { address: string; token?: string | undefined }) {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const server: EngineServer = { name: "Ray", address, headers };
  const ask = (request: EngineRequest, deadline: AbortSignal) => askEngine(server, request, deadline);

  return {
    async version(deadline: AbortSignal): Promise<z.infer<typeof Version>> {
      return parse(Version, expectOk(await ask({ method: "GET", path: "/api/version" }, deadline)));
    },

    /** Resources of the nodes that are up, summed by name: "CPU", "GPU", "memory" in bytes. */
    async resources(deadline: AbortSignal): Promise<Record<string, number>> {
      const path = "/nodes?view=summary";
      const answer = expectOk(await ask({ method: "GET", path, maxBytes: maxListBytes }, deadline));
      const total: Record<string, number> = {};
      for (const { raylet } of parse(Nodes, answer).data.summary) {
        if (raylet.state !== "ALIVE") continue;
        for (const [name, count] of Object.entries(raylet.resourcesTotal ?? {}))
          total[name] = (total[name] ?? 0) + count;
      }
      return total;
    },

    /** All submitted jobs by their ids. @throws DomainError "too-large" where they are too many for one answer */
    async jobs(deadline: AbortSignal): Promise<Map<string, RayJob>> {
      const answer = expectOk(await ask({ method: "GET", path: "/api/jobs/", maxBytes: maxListBytes }, deadline));
      const jobs = parse(z.array(z.unknown()), answer);
      // What others run may have forms that Leeway does not know; it is not looked at.
      const known = jobs.flatMap((job) => RayJob.safeParse(job).data ?? []);
      return new Map(known.flatMap((job) => (job.submission_id ? [[job.submission_id, job]] : [])));
    },

    /** One job; undefined where Ray does not know it. */
    async job(id: string, deadline: AbortSignal): Promise<RayJob | undefined> {
      const answer = await ask({ method: "GET", path: pathOf(id) }, deadline);
      return isUnknown(answer) ? undefined : parse(RayJob, expectOk(answer));
    },

    /** Submits a job under its own id. @returns false where one with this id is there already */
    async submit(body: { submission_id: string } & Record<string, unknown>, deadline: AbortSignal): Promise<boolean> {
      const answer = await ask({ method: "POST", path: "/api/jobs/", body: { json: body } }, deadline);
      if (answer.status === 500 && /submission_id \S+ already exists/.test(textOf(answer))) return false;
      expectOk(answer);
      return true;
    },

    /** Asks a job to end. @returns false where it had ended, or is not known */
    async stop(id: string, deadline: AbortSignal): Promise<boolean> {
      const answer = await ask({ method: "POST", path: `${pathOf(id)}/stop` }, deadline);
      if (isUnknown(answer)) return false;
      return parse(z.object({ stopped: z.boolean() }), expectOk(answer)).stopped;
    },

    /** Lets Ray forget an ended job. @returns false where it has not ended */
    async remove(id: string, deadline: AbortSignal): Promise<boolean> {
      const answer = await ask({ method: "DELETE", path: pathOf(id) }, deadline);
      if (isUnknown(answer)) return true;
      if (answer.status === 500 && textOf(answer).includes("non-terminal state")) return false;
      return parse(z.object({ deleted: z.boolean() }), expectOk(answer)).deleted;
    },

    /** Whether a package is there. Ray then keeps it for ten minutes more. */
    async hasPackage(name: string, deadline: AbortSignal): Promise<boolean> {
      const answer = await ask({ method: "GET", path: packagePath(name), maxBytes: maxPackageBytes }, deadline);
      if (answer.status === 404 && textOf(answer).includes("does not exist")) return false;
      expectOk(answer, "text");
      return true;
    },

    /** Uploads a zip whose files lie at its top. @throws DomainError "too-large" above Ray's limit of 100 MiB */
    async uploadPackage(name: string, file: { path: string; sizeBytes: number }, deadline: AbortSignal): Promise<void> {
      if (file.sizeBytes > maxPackageBytes) throw tooLarge();
      const body = { stream: createReadStream(file.path), sizeBytes: file.sizeBytes, type: "application/zip" };
      const answer = await ask({ method: "PUT", path: packagePath(name), body, limitMs: uploadMs }, deadline);
      if (answer.status === 413) throw tooLarge();
      expectOk(answer, "text");
    },
  };
}

const tooLarge = () =>
  new DomainError("too-large", "Ray takes packages of at most 100 MiB. Put large files into a dataset.", {
    field: "packageKey",
  });

const pathOf = (id: string) => `/api/jobs/${encodeURIComponent(id)}`;

const packagePath = (name: string) => `/api/packages/gcs/${name}.zip`;

const textOf = ({ body }: EngineAnswer) => body.toString("utf8");

const isUnknown = (answer: EngineAnswer) => answer.status === 404 && /^Job \S+ does not exist/.test(textOf(answer));

/** @throws DomainError for every answer that is no success of Ray's */
function expectOk(answer: EngineAnswer, kind: "json" | "text" = "json"): EngineAnswer {
  const { status, type } = answer;
  const isRays = kind === "text" || type.startsWith("application/json");
  if (status === 200 && isRays) return answer;
  const line = lastLine(textOf(answer));
  if (status === 401 || status === 403) {
    throw new DomainError("unavailable", `Ray rejected the token of this engine: ${line}`);
  }
  // Wrong fields come back as an error of Python's; everything else may be over at the next try.
  if (status === 400) throw new DomainError("invalid", `Ray rejected the job: ${line}`, { field: "engineFields" });
  if (status === 200 || status === 404) {
    throw new DomainError("unavailable", "No Ray Jobs API at this address.");
  }
  throw new DomainError("unavailable", `Ray responded with ${status}: ${line}`);
}

/** The line of a traceback that says what is wrong, at most 300 characters. */
export function lastLine(text: string): string {
  const lines = text.split("\n").map((line) => line.trim());
  return (lines.findLast((line) => /[A-Za-z]{2}/.test(line)) ?? "").slice(0, 300);
}

function parse<T>(shape: z.ZodType<T>, answer: EngineAnswer): T {
  try {
    return shape.parse(JSON.parse(textOf(answer)));
  } catch (cause) {
    throw new DomainError("unavailable", "Unknown response format of Ray.", { cause });
  }
}
