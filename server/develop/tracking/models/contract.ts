import { z } from "zod";
import { KeyValue } from "../contract.ts";
import { LatestMetric } from "../metrics/contract.ts";

export const loggedModelStatuses = [
  "LOGGED_MODEL_PENDING",
  "LOGGED_MODEL_READY",
  "LOGGED_MODEL_UPLOAD_FAILED",
] as const;
export type LoggedModelStatus = (typeof loggedModelStatuses)[number];

const LoggedModelPoint = LatestMetric.extend({
  runId: z.string(),
  datasetName: z.string(),
  datasetDigest: z.string(),
});

export const LoggedModel = z.object({
  id: z.string(),
  experimentId: z.number(),
  name: z.string(),
  modelType: z.string(),
  sourceRunId: z.string(),
  artifactUri: z.string(),
  status: z.enum(loggedModelStatuses),
  statusMessage: z.string().nullable(),
  createdAt: z.number(),
  updatedAt: z.number(),
  isDeleted: z.boolean(),
  params: z.array(KeyValue),
  tags: z.array(KeyValue),
  metrics: z.array(LoggedModelPoint),
});
export type LoggedModel = z.infer<typeof LoggedModel>;
