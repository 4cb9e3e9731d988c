import { constants } from "node:os";
import type { Seen } from "../../contract.ts";
import type { SlurmJob } from "./slurm-client.ts";

/** Why a job waits, by Slurm's one word for it. Families of words follow below. */
const waits: Record<string, string> = {
  None: "Slurm has not evaluated the job yet.",
  Resources: "Waiting for free machines.",
  Priority: "Waiting for jobs with a higher priority.",
  BeginTime: "Its start time at Slurm has not been reached.",
  Dependency: "Waiting for another Slurm job.",
  JobHeldUser: "On hold at Slurm by its user.",
  JobHeldAdmin: "On hold at Slurm by an administrator.",
  PartitionDown: "Its partition is down.",
  PartitionInactive: "Its partition starts no jobs.",
  PartitionTimeLimit: "Its time limit exceeds that of its partition.",
  PartitionNodeLimit: "It requests more machines than its partition allows.",
  ReqNodeNotAvail: "The requested machines are not available.",
  Reservation: "Waiting for its reservation.",
  Licenses: "Waiting for a licence.",
  JobArrayTaskLimit: "Its array has reached its task limit.",
  BadConstraints: "No machine meets its requirements.",
};

/** Whether a job runs, by the first of Slurm's words for its state. */
const runs = new Set(["RUNNING", "SUSPENDED", "STOPPED", "RESIZING", "SIGNALING", "STAGE_OUT"]);

/** The signal of Slurm itself, of a job whose output it could not open. */
const noOutput = 53;

/** Says what a job of Slurm is, in Leeway's words. docs/spec/training.md section 9. @param at time of the answer */
export function seenOfJob(job: SlurmJob, at: string): Seen {
  const { job_state: states, state_reason: reason, exit_code: exit, restart_cnt: restarts } = job;
  const [state = ""] = states;
  if (state === "PENDING" && states.includes("COMPLETING")) {
    return { state: "waiting", reason: "Slurm is requeueing it.", at };
  }
  if (state === "PENDING" && reason === "BeginTime" && (restarts ?? 0) > 0) {
    return { state: "waiting", reason: "Slurm restarts it in about two minutes.", at };
  }
  if (state === "PENDING") return { state: "waiting", reason: describeWait(reason ?? ""), at };
  if (state === "CONFIGURING" || states.includes("CONFIGURING")) {
    return { state: "starting", reason: "Slurm is preparing its machines.", at };
  }
  if (state === "SUSPENDED") return { state: "running", reason: "Slurm has suspended it.", at };
  // Its processes may still save; the exit code comes with their end.
  if (runs.has(state) || states.includes("COMPLETING")) return { state: "running", at };
  const code = exit?.return_code.set ? exit.return_code.number : null;
  const number = exit?.signal.id.set ? exit.signal.id.number : 0;
  const signal = number > 0 ? { signal: signalName(number) } : {};
  switch (state) {
    case "COMPLETED":
      return { state: "ended", code: 0, at };
    case "FAILED":
      if (number === noOutput) {
        const words = "Slurm could not write to the working folder of this engine.";
        return { state: "ended", code: null, cause: "never-started", reason: words, at };
      }
      return { state: "ended", code, ...signal, at };
    case "CANCELLED":
      return { state: "ended", code: null, signal: "SIGTERM", reason: "Cancelled at Slurm.", at };
    case "PREEMPTED":
      return { state: "ended", code: null, signal: "SIGTERM", cause: "preempted", reason: "Preempted by Slurm.", at };
    case "TIMEOUT":
    case "DEADLINE":
      return {
        state: "ended",
        code: null,
        signal: "SIGTERM",
        cause: "time-limit",
        reason: "Over Slurm's time limit.",
        at,
      };
    case "OUT_OF_MEMORY":
      return { state: "ended", code: 137, cause: "out-of-memory", reason: "Out of memory, according to Slurm.", at };
    case "LAUNCH_FAILED":
      return { state: "ended", code: null, cause: "never-started", reason: "Slurm could not start it.", at };
    default:
      // NODE_FAIL, BOOT_FAIL, REVOKED, and what later versions add.
      return { state: "ended", code: null, cause: "lost", reason: `Slurm says ${state}.`, at };
  }
}

function describeWait(reason: string): string {
  const known = waits[reason];
  if (known) return known;
  if (/^QOS/.test(reason)) return `On hold at Slurm: limit of its quality of service (${reason}).`;
  if (/^Assoc/.test(reason)) return `On hold at Slurm: limit of its account (${reason}).`;
  return `Waiting at Slurm (${reason.slice(0, 100)}).`;
}

function signalName(number: number): string {
  const found = Object.entries(constants.signals).find(([, value]) => value === number);
  return found?.[0] ?? `signal ${number}`;
}
