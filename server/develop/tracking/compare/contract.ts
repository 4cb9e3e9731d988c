import { z } from "zod";
import { MetricValue } from "../metrics/contract.ts";

/** Maximum number of newest runs shown behind the compared ones. */
export const maxContextRuns = 500;

/** Runs to compare, the columns to read, and the number of newest runs of their experiments to show behind them. */
export const ListRunValues = z.object({
  runIds: z.array(z.string()).min(1).max(100),
  /** "metrics.<key>", "params.<key>". */
  columns: z
    .array(
      z
        .string()
        .max(300)
        .regex(/^(metrics|params)\../s, 'A column must be "metrics.<key>" or "params.<key>".'),
    )
    .max(24),
  behind: z.number().int().min(0).max(maxContextRuns).default(maxContextRuns),
});
export type ListRunValues = z.input<typeof ListRunValues>;

/** Values of a run in some columns; a missing key is a missing value. */
export const RunValues = z.object({
  id: z.string(),
  name: z.string(),
  experimentId: z.number(),
  /** Values of metrics are numbers, of params text. */
  values: z.record(z.string(), z.union([MetricValue, z.string()])),
});
export type RunValues = z.infer<typeof RunValues>;

/** Environment that a run was trained in, according to its own files. */
export const RunEnvironment = z.object({
  runId: z.string(),
  /** The files that were read, by their path in the run or its model. */
  sources: z.array(z.string()),
  /** Undefined when no file names it. */
  python: z.string().optional(),
  /** Version by package, lower-case names; "" where none is demanded. */
  packages: z.record(z.string(), z.string()),
});
export type RunEnvironment = z.infer<typeof RunEnvironment>;

/** All files of a run, by path. */
export const RunFiles = z.object({
  runId: z.string(),
  files: z.array(z.object({ path: z.string(), sizeBytes: z.number() })),
  /** There are more, or they lie deeper. */
  isCut: z.boolean(),
});
export type RunFiles = z.infer<typeof RunFiles>;
