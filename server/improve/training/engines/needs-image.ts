import type { EngineSettings, JobSpec } from "../contract.ts";

/** Whether nothing names the image that a job needs on an engine: neither itself, nor the engine, nor a training runtime. */
export const needsImage = (settings: EngineSettings, { image }: Pick<JobSpec, "image">): boolean =>
  settings.kind === "kubernetes" && image === null && settings.image === "" && !settings.runtime;
