import { readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { DomainError } from "#server/base/errors.ts";
import { type Exchange, startReplayServer } from "#server/testing/fixtures/training/replay-server.ts";
import type { Seen } from "../../contract.ts";
import { seenOfJob } from "./seen-of-job.ts";
import { slurmClient } from "./slurm-client.ts";

const { exchanges } = JSON.parse(readFileSync(new URL("golden-exchanges.json", import.meta.url), "utf8")) as {
  exchanges: Exchange[];
};
const server = await startReplayServer();
afterAll(() => server.close());
const slurm = slurmClient({ address: server.url, user: "trainer", token: "jwt" });

/** Requests that Leeway never makes; what Slurm answers to them is given to the call that they come nearest to. */
const isOurs = ({ request: { path, body_note }, note = "" }: Exchange) =>
  body_note === undefined &&
  !path.includes("v0.0.39") &&
  !path.includes("update_time=") &&
  !/\?signal=\w+$/.test(path) &&
  note !== "without the two headers";
/** A call that Leeway does not use: states alone, without what they are the states of. */
const isUsed = ({ request: { path } }: Exchange) => !path.includes("/jobs/state/");

const words = ({ state, code, signal, cause, reason }: Partial<Seen>) =>
  [state, code, signal, cause, reason].filter((part) => part != null).join(" | ");

/** Makes the call that an exchange records. @returns what it gave, in one line */
async function call({ request: { method, path, body } }: Exchange): Promise<string> {
  const deadline = AbortSignal.timeout(20_000);
  const [, id = "", query = ""] = /\/job\/(\d+)(?:\?signal=(\w+).*)?$/.exec(path) ?? [];
  try {
    if (path.endsWith("/ping/")) {
      const { release, cluster } = await slurm.ping(deadline);
      return `${release} ${cluster}`;
    }
    if (path.endsWith("/job/submit")) {
      const submitted = body as { script: string; job: Record<string, unknown> } | undefined;
      return `job ${await slurm.submit(submitted ?? { script: "", job: {} }, deadline)}`;
    }
    if (path.endsWith("/partitions/")) return (await slurm.partitions(deadline)).join(" ");
    if (path.endsWith("/nodes/")) return (await slurm.nodes(deadline)).map((node) => JSON.stringify(node)).join(" ");
    if (path.includes("/jobs/")) return `${(await slurm.jobs(deadline)).length} jobs`;
    if (method === "DELETE") return `cancelled ${await slurm.cancel(Number(id), query as "SIGTERM", deadline)}`;
    if (method === "POST") {
      await slurm.update(Number(id), body as Record<string, unknown>, deadline);
      return "updated";
    }
    const job = await slurm.job(Number(id), deadline);
    return job ? words(seenOfJob(job, "")) : "unknown";
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return `${error.code}: ${error.message}`;
  }
}

/** What each exchange means to Leeway, by scenario and note: state, exit code, signal, cause, words of Slurm. */
const expected = [
  "slurm-ping: 24.11.5 lw",
  "slurm-ping (a version whose plugin is not there): unavailable: No slurmrestd with API v0.0.42 at this address.",
  "slurm-auth (without the two headers): unavailable: Slurm rejected the user or the token of this engine, which may have expired: Authentication failure.",
  "slurm-auth (bad token): unavailable: Slurm's controller does not respond, or the token of this engine is invalid.",
  "slurm-submit: job 1",
  "slurm-status (running; the folder of standard_output was not writable: FAILED with signal 53 and no log): ended | never-started | Slurm could not write to the working folder of this engine.",
  "slurm-status (done; the folder of standard_output was not writable: FAILED with signal 53 and no log): ended | never-started | Slurm could not write to the working folder of this engine.",
  "slurm-errors (unknown job): unknown",
  "slurm-errors (no working directory, no environment): invalid: Slurm rejected the job: Job cannot be submitted without the current working directory specified.",
  "slurm-errors (unknown partition): invalid: Slurm rejected the job: Invalid partition name specified",
  "slurm-errors (more cores than any node has): invalid: Slurm rejected the job: Requested node configuration is not available",
  'slurm-errors (unknown field): invalid: Slurm rejected the job: Ignoring unknown field "no_such_field" of type 64 bit integer in DATA_PARSER_JOB_DESC_MSG.',
  "slurm-errors (not JSON): unavailable: Slurm responded with 400: Unable to parse query..",
  "slurm-submit: job 4",
  "slurm-status (running): running",
  "slurm-status (done): ended | 0",
  "slurm-exit: job 5",
  "slurm-exit (exit 3): ended | 3",
  "slurm-exit: job 6",
  "slurm-exit (killed by signal 9 from inside): ended | SIGKILL",
  "slurm-cancel: job 7",
  "slurm-cancel: cancelled true",
  "slurm-cancel: running",
  "slurm-cancel: ended | SIGTERM | Cancelled at Slurm.",
  "slurm-cancel (again, after it ended): cancelled false",
  "slurm-cancel (unknown): cancelled false",
  "slurm-preempt (low priority, requeue allowed; ignores SIGTERM): job 8",
  "slurm-preempt (high priority, needs the whole node): job 9",
  "slurm-preempt (t+0.1s after the urgent job): running",
  "slurm-preempt (t+34.2s after the urgent job): waiting | Slurm is requeueing it.",
  "slurm-preempt (t+44.4s after the urgent job): waiting | Slurm restarts it in about two minutes.",
  "slurm-preempt (a signal instead of a cancel): unavailable: Slurm did not end the job: Job can not be altered now, try again later.",
  "slurm-preempt: cancelled true",
  "slurm-preempt (after SIGKILL by request): ended | SIGTERM | Cancelled at Slurm.",
  "slurm-preempt-srun: job 10",
  "slurm-preempt-srun: job 11",
  "slurm-preempt-srun (t+0.0s): running",
  "slurm-preempt-srun (t+11.8s): waiting | Slurm is requeueing it.",
  "slurm-preempt-srun (t+24.5s): waiting | Slurm restarts it in about two minutes.",
  "slurm-preempt-srun (t+160.4s): running",
  "slurm-preempt-srun: cancelled true",
  "slurm-preempt-warning: job 12",
  "slurm-preempt-warning: job 13",
  "slurm-preempt-warning (t+0.0s): running",
  "slurm-preempt-warning (t+12.5s): waiting | Slurm is requeueing it.",
  "slurm-preempt-warning (t+22.7s): waiting | Slurm restarts it in about two minutes.",
  "slurm-preempt-warning: cancelled true",
  "slurm-timeout (a limit of one minute): job 14",
  "slurm-array: job 15",
  "slurm-array: waiting | Its array has reached its task limit.",
  "slurm-hold: job 18",
  "slurm-hold (update: release): updated",
  "slurm-hold (update of an ended job): invalid: Slurm rejected the job: Access/permission denied",
  "slurm-list: 6 jobs",
  "slurm-restart: job 20",
  "slurm-restart (slurmctld was killed): unavailable: Slurm responded with 500: Unspecified error.",
  "slurm-restart (submit while slurmctld is down): unavailable: Slurm responded with 502: Unable to contact slurm controller (connect failure).",
  "slurm-restart (after the restart: which id does it get?): job 20",
  "slurm-restart (submitted 12 s before slurmctld was killed: went on and ended): ended | 0",
  "slurm-timeout (a limit of one minute): job 21",
  "slurm-timeout (after its limit): ended | SIGTERM | time-limit | Over Slurm's time limit.",
  "slurm-forgotten (longer than MinJobAge (60 s here, 300 s by default) after its end): unknown",
  "slurm-resume (a training loop below srun): job 22",
  "slurm-resume (a training loop below srun): job 24",
  "slurm-resume (preempted once, resumed from its checkpoint, completed): ended | 0",
  "slurm-auth (submit with a bad token): unavailable: Slurm rejected the user or the token of this engine, which may have expired: Protocol authentication error.",
  "slurm-describe: spot high",
  'slurm-describe (idle): {"state":["IDLE"],"partitions":["spot","high"],"cpus":2,"alloc_cpus":0,"real_memory":1000,"alloc_memory":0,"gres":"","gres_used":""}',
  'slurm-describe (one core of two, 100 MiB of 1000): {"state":["MIXED"],"partitions":["spot","high"],"cpus":2,"alloc_cpus":1,"real_memory":1000,"alloc_memory":100,"gres":"","gres_used":""}',
  "slurm-signal (comment of a running job): updated",
  'slurm-describe (draining): {"state":["MIXED","DRAIN"],"partitions":["spot","high"],"cpus":2,"alloc_cpus":1,"real_memory":1000,"alloc_memory":100,"gres":"","gres_used":""}',
  "slurm-signal (to the steps only): cancelled true",
  "slurm-signal (its program ended with 0): ended | 0",
];

test("makes the recorded requests of slurmrestd 24.11, and understands what it answered", async () => {
  const outcomes: string[] = [];
  let [same, answersOnly] = [0, 0];
  for (const exchange of exchanges.filter(isUsed)) {
    const { request, response, scenario, note } = exchange;
    // An unknown field makes a second call, which cancels the job.
    server.answerWith(response, { status: 200, content_type: "application/json", body: { status: [] } });
    const outcome = await call(exchange);
    const [received] = server.received;
    if (isOurs(exchange)) {
      same += 1;
      expect(received).toMatchObject({ method: request.method, path: request.path });
      if (request.body) expect(JSON.parse(received?.body.toString() ?? "")).toEqual(request.body);
    } else answersOnly += 1;
    expect(received?.headers).toMatchObject({ "x-slurm-user-name": "trainer", "x-slurm-user-token": "jwt" });
    outcomes.push(`${scenario}${note ? ` (${note})` : ""}: ${outcome.slice(0, 200)}`);
  }
  expect({ same, answersOnly }).toEqual({ same: 67, answersOnly: 6 });
  expect(outcomes).toEqual(expected);
});
