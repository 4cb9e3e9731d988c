import { formatCount } from "#components/ui/format.ts";
import type { State } from "#components/ui/status-shape.tsx";
import type { TrainingEngine } from "#server/improve/training/engines/contract.ts";
import type { EngineUse } from "#server/improve/training/overview/contract.ts";

export interface Capacity {
  /** GPUs of an engine that has some, else its cores; null before it has said what it has. */
  unit: "GPUs" | "cores" | null;
  total: number;
  free: number;
  state: State;
  word: string;
}

type Asked = Pick<TrainingEngine, "description" | "isEnabled" | "silentSince" | "settings" | "answeredAt">;

/** Says what of an engine is free: by its own word, else by what jobs of Leeway use of it. */
export function capacityOf(engine: Asked, use: EngineUse | undefined): Capacity {
  const { description, isEnabled, silentSince, settings, answeredAt } = engine;
  const known = description?.capacity ?? {};
  const unit = (known.gpus?.total ?? 0) > 0 ? "gpus" : (known.cores?.total ?? 0) > 0 ? "cores" : null;
  const total = unit === null ? 0 : (known[unit]?.total ?? 0);
  const used = unit === null ? 0 : (use?.[unit] ?? 0);
  const free = Math.max(0, Math.min(total, (unit === null ? null : known[unit]?.free) ?? total - used));
  const name = unit === "gpus" ? "GPUs" : unit;
  const shown = { unit: name, total, free } as const;
  if (!isEnabled) return { ...shown, state: "paused", word: "Disabled" };
  if (silentSince !== null) return { ...shown, state: "watch", word: "Not responding" };
  if (answeredAt === null) return { ...shown, state: "no-data", word: "Not contacted yet" };
  const isFull = (use?.jobs ?? 0) >= settings.maxJobs || (unit !== null && free <= 0);
  return isFull ? { ...shown, state: "watch", word: "Full" } : { ...shown, state: "on-target", word: "Available" };
}

/** Says what the silence of an engine leaves open: "; its 2 jobs may be running, 1 queued". */
export function describeSilence({ running, waiting }: Pick<TrainingEngine, "running" | "waiting">): string {
  const runs = running === 0 ? "" : `; its ${running === 1 ? "job" : `${formatCount(running)} jobs`} may be running`;
  return waiting === 0 ? runs : `${runs}${runs === "" ? ";" : ","} ${formatCount(waiting)} queued`;
}

/** Says what runs and waits on an engine: "1 of 2 jobs, 3 queued". */
export function describeUse({
  running,
  waiting,
  settings,
}: Pick<TrainingEngine, "running" | "waiting" | "settings">): string {
  const runs = `${formatCount(running)} of ${formatCount(settings.maxJobs)} ${settings.maxJobs === 1 ? "job" : "jobs"}`;
  return waiting === 0 ? runs : `${runs}, ${formatCount(waiting)} queued`;
}
