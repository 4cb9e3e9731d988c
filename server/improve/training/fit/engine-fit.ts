import { formatCount } from "#server/base/format-number.ts";
import type { JobSpec } from "../contract.ts";
import type { TrainingEngine } from "../engines/contract.ts";
import { needsImage } from "../engines/needs-image.ts";
import { takesSeveralMachines } from "../engines/takes-several-machines.ts";
import type { EngineFit } from "./contract.ts";

type Asked = Pick<TrainingEngine, "id" | "name" | "kind" | "settings" | "isEnabled" | "silentSince"> & {
  description: TrainingEngine["description"];
  waiting: number;
  running: number;
};

/** Says whether an engine can run a job at all, and whether it would start at once: the same rules as at its submit and its admission. */
export function engineFit(engine: Asked, { image, resources }: Pick<JobSpec, "image" | "resources">): EngineFit {
  const { id, name, kind, waiting, running } = engine;
  const { maxJobs } = engine.settings;
  const problem = problemOf(engine, { image, resources });
  const free = maxJobs - running - waiting;
  const isSilent = engine.silentSince !== null;
  const starts = isSilent
    ? "when it responds again"
    : free > 0
      ? "immediately"
      : `after ${formatCount(1 - free)} other ${free === 0 ? "job" : "jobs"}`;
  return { id, name, kind, problem, starts, isSilent, running, maxJobs };
}

function problemOf(
  { kind, settings, isEnabled, description }: Asked,
  { image, resources: { cores, gpus, nodes } }: Pick<JobSpec, "image" | "resources">,
): string | null {
  if (!isEnabled) return "It is disabled.";
  if (kind === "local" && image !== null) return "It runs commands, not container images.";
  if (needsImage(settings, { image })) return "It needs a container image.";
  if (nodes > 1 && !takesSeveralMachines({ kind, description })) return "It starts each job on one machine.";
  // Other engines place work on machines themselves, and may add some.
  if (kind !== "local" || !description) return null;
  const { capacity } = description;
  return tooFew("GPUs", gpus, capacity.gpus?.total ?? 0) ?? tooFew("cores", cores, capacity.cores?.total ?? 1);
}

const tooFew = (what: string, wanted: number, total: number) =>
  wanted > total
    ? `The job needs ${formatCount(wanted)} ${wanted === 1 ? what.slice(0, -1) : what}; it has ${total === 0 ? "none" : formatCount(total)}.`
    : null;
