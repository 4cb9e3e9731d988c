import { constants } from "node:os";
import type { Seen } from "../../contract.ts";
import { lastLine, type RayJob } from "./ray-client.ts";

/** Ends of Ray's own making after which a new launch may work: the machine is gone, or had no room within Ray's 15 minutes. */
const passing = new Set([
  "JOB_SUPERVISOR_ACTOR_DIED",
  "JOB_SUPERVISOR_ACTOR_UNSCHEDULABLE",
  "JOB_SUPERVISOR_ACTOR_START_TIMEOUT",
  "JOB_SUPERVISOR_ACTOR_UNKNOWN_FAILURE",
]);

/** Says what a job of Ray is, in Leeway's words. docs/spec/training.md section 7. @param at time of the answer */
export function seenOfJob(job: RayJob, at: string): Seen {
  const message = job.message ?? "";
  switch (job.status) {
    case "PENDING":
      // Ray says the one while it makes the environment, and the other while it has no room.
      return { state: message.includes("resources") ? "waiting" : "starting", reason: shorten(message), at };
    case "RUNNING":
      return { state: "running", at };
    case "SUCCEEDED":
      return { state: "ended", code: 0, at };
    case "STOPPED":
      // Whatever the program did; Ray tells no exit code.
      return { state: "ended", code: null, signal: "SIGTERM", reason: shorten(message), at };
    case "FAILED":
      return { state: "ended", ...failure(job, message), at };
    default:
      return { state: "starting", reason: `Ray says ${job.status}.`, at };
  }
}

function failure({ error_type: type, driver_exit_code: code }: RayJob, message: string): Partial<Seen> {
  if (type === "JOB_ENTRYPOINT_COMMAND_ERROR") {
    // A negative code is a signal to the program itself, which the shell gave way to.
    if (typeof code === "number" && code < 0) return { code: null, signal: signalName(-code) };
    return { code: code ?? null };
  }
  if (type && passing.has(type)) return { code: null, cause: "lost", reason: shorten(message) };
  // Ray drops packages that nothing uses: the next launch uploads it again.
  const isDropped =
    type === "RUNTIME_ENV_SETUP_FAILURE" && message.includes("Failed to download runtime_env file package");
  return { code: null, cause: isDropped ? "lost" : "never-started", reason: lastLine(message) };
}

function signalName(number: number): string {
  const found = Object.entries(constants.signals).find(([, value]) => value === number);
  return found?.[0] ?? `signal ${number}`;
}

const shorten = (message: string) => (message.split("\n")[0] ?? "").slice(0, 300);
