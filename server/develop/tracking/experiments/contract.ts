import { z } from "zod";
import { KeyValue } from "../contract.ts";
import { newName } from "../names.ts";
import { atMost } from "../text-limit.ts";

/** All times are integer milliseconds since 1970, UTC. */
export const Experiment = z.object({
  id: z.number(),
  name: z.string(),
  artifactLocation: z.string(),
  createdAt: z.number(),
  updatedAt: z.number(),
  isDeleted: z.boolean(),
  tags: z.array(KeyValue),
});
export type Experiment = z.infer<typeof Experiment>;

const ExperimentName = newName("name").refine((name) => name.trim() !== "", "The experiment name must not be blank.");

export const CreateExperiment = z.object({
  name: ExperimentName,
  artifactLocation: z
    .string()
    .refine((uri) => !uri.startsWith("runs:/"), {
      error: ({ input }) => `Artifact location cannot be a runs:/ URI. Given: '${String(input)}'`,
    })
    .refine((uri) => !/[#;]/.test(uri), "'artifact_location' URL can't include fragments or params.")
    .optional(),
  tags: z.array(z.object({ key: z.string(), value: atMost(5000, "value") })).default([]),
});
export type CreateExperiment = z.input<typeof CreateExperiment>;

export const RenameExperiment = z.object({ experimentId: z.int(), name: ExperimentName });
export type RenameExperiment = z.input<typeof RenameExperiment>;

export const SetExperimentTag = z.object({ experimentId: z.int(), key: z.string(), value: atMost(5000, "value") });
export type SetExperimentTag = z.input<typeof SetExperimentTag>;

/** An experiment with figures of its runs. */
export const ExperimentHead = z.object({
  id: z.number(),
  name: z.string(),
  /** The tag "owner", else the user who logged the first run; "" when there is neither. */
  ownerName: z.string(),
  /** The tag mlflow.note.content. */
  note: z.string(),
  runs: z.number(),
  /** Runs that log. */
  running: z.number(),
  /** Runs that were never ended and have not logged for a while. */
  silent: z.number(),
  failed: z.number(),
  /** Runs with something wrong that is not over, see findingKinds. */
  unhealthy: z.number(),
});
export type ExperimentHead = z.infer<typeof ExperimentHead>;

/** A row of the list of experiments. */
export const ExperimentSummary = ExperimentHead.extend({
  /** Time of the last write by a run; the creation of the experiment when there is none. */
  lastActivityAt: z.number(),
});
export type ExperimentSummary = z.infer<typeof ExperimentSummary>;

export interface DatasetSummary {
  experimentId: number;
  name: string;
  digest: string;
  /** "training", "validation" … */
  context: string | undefined;
}
