import { badCanary } from "./bad-canary.ts";
import { checkpointLoss } from "./checkpoint-loss.ts";
import { featureSkew } from "./feature-skew.ts";
import { gradientExplosion } from "./gradient-explosion.ts";
import { labelQuality } from "./label-quality.ts";
import { modelDrift } from "./model-drift.ts";
import { resourceExhaustion } from "./resource-exhaustion.ts";
import { schemaChange } from "./schema-change.ts";
import { serviceOutage } from "./service-outage.ts";
import { slowResponses } from "./slow-responses.ts";
import { trainingJobs } from "./training-jobs.ts";

/** Runbooks that every workspace starts with. Their names are fixed; users may edit or archive each one. */
export const readyMade: readonly { name: string; body: string }[] = [
  { name: "Service outage", body: serviceOutage },
  { name: "Slow responses", body: slowResponses },
  { name: "Bad canary", body: badCanary },
  { name: "Model drift", body: modelDrift },
  { name: "Schema change", body: schemaChange },
  { name: "Feature skew", body: featureSkew },
  { name: "Label quality", body: labelQuality },
  { name: "Resource exhaustion", body: resourceExhaustion },
  { name: "Training jobs", body: trainingJobs },
  { name: "Checkpoint loss", body: checkpointLoss },
  { name: "Gradient explosion", body: gradientExplosion },
];
