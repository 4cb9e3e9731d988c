import type { Call } from "./call.ts";
import { registeredModelCalls } from "./registry-models.ts";
import { registrySearchCalls } from "./registry-search.ts";
import { modelVersionCalls } from "./registry-versions.ts";

/** Every call of MLflow's model registry. */
export const registryCalls: Call[] = [...registeredModelCalls, ...modelVersionCalls, ...registrySearchCalls];
