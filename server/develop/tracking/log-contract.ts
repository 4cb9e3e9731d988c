import { z } from "zod";
import { noControlCharacters } from "#server/base/text/control-characters.ts";
import type { KeyValue } from "./contract.ts";
import { newName } from "./names.ts";
import { atMost } from "./text-limit.ts";

/** A metric point to be logged. */
export interface Point {
  key: string;
  value: number;
  timestamp: number;
  step: number;
  /** A logged model that this point also belongs to. */
  modelId?: string | undefined;
  datasetName?: string | undefined;
  datasetDigest?: string | undefined;
}

export interface LogBatch {
  runId: string;
  metrics: Point[];
  params: KeyValue[];
  tags: KeyValue[];
}

const DatasetToLog = z.object({
  name: newName("name"),
  digest: atMost(36, "digest"),
  sourceType: z.string(),
  source: atMost(65_535, "source"),
  schema: atMost(1_048_575, "schema").nullable().default(null),
  profile: atMost(16_777_215, "profile").nullable().default(null),
  tags: z
    .array(z.object({ key: atMost(255, "key").check(noControlCharacters), value: atMost(500, "value") }))
    .default([]),
});

export const LogInputs = z.object({
  runId: z.string(),
  datasets: z.array(DatasetToLog).default([]),
  modelIds: z.array(z.string()).default([]),
});
export type LogInputs = z.input<typeof LogInputs>;
