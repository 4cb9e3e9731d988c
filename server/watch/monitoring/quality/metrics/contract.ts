import { z } from "zod";
import { qualityMetrics, taskKinds } from "./constants.ts";

export const TaskKind = z.enum(taskKinds);
export type TaskKind = z.infer<typeof TaskKind>;

export const QualityMetric = z.enum(qualityMetrics);
export type QualityMetric = z.infer<typeof QualityMetric>;
