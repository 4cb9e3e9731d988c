import type { Call } from "./call.ts";
import { evaluationCalls } from "./evaluations.ts";
import { experimentCalls } from "./experiments.ts";
import { loggedModelCalls } from "./logged-models.ts";
import { loggingCalls } from "./logging.ts";
import { metricCalls } from "./metrics.ts";
import { registryCalls } from "./registry.ts";
import { runCalls } from "./runs.ts";
import { assessmentCalls } from "./trace-assessments.ts";
import { traceCalls } from "./traces.ts";
import { webhookCalls } from "./webhooks.ts";

/** Every JSON call, by area. */
export const calls: Call[] = [
  ...experimentCalls,
  ...runCalls,
  ...loggingCalls,
  ...metricCalls,
  ...loggedModelCalls,
  ...registryCalls,
  ...traceCalls,
  ...evaluationCalls,
  ...assessmentCalls,
  ...webhookCalls,
];
