import type { EngineDescription, EngineHandle, JobSpec, Seen } from "../contract.ts";

/** One submit of a job. Its id names it at the engine, so that a repeated submit finds the first one. */
export interface Launch {
  /** "tj-…-3": letters, digits and hyphens, at most 63. */
  id: string;
  jobId: string;
  workspaceId: string;
  spec: JobSpec;
  /** What the wrapper needs to call Leeway: its address, the launch, and the launch token, which is secret. */
  wrapper: { url: string; token: string };
  /** Package of the job, and its SHA-256; null without one. */
  package: { path: string; sha256: string } | null;
}

/**
 * A place that runs commands. Each function ends by its deadline, and may be called again after any failure. An engine is a second
 * witness: what the wrapper reports counts more. docs/spec/training.md section 5.
 */
export interface Engine {
  /** Starts a launch, or finds the one that was started before under its id. */
  submit(launch: Launch, deadline: AbortSignal): Promise<EngineHandle>;
  /** Says what became of launches, by handle; one that the engine does not know is "gone", which is no end. */
  look(handles: readonly EngineHandle[], deadline: AbortSignal): Promise<Seen[]>;
  /** Asks a launch to end. It never says that it has ended. */
  stop(handle: EngineHandle, graceSeconds: number, deadline: AbortSignal): Promise<void>;
  /** Removes what the engine keeps of a launch that the job has gone on from. What still runs of it, or may start again, is asked to end. */
  remove(handle: EngineHandle, deadline: AbortSignal): Promise<void>;
  describe(deadline: AbortSignal): Promise<EngineDescription>;
}
