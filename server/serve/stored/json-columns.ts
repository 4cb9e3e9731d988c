import type { ExecutionSettings } from "#server/develop/registry/execution/contract.ts";
import type { CacheSettings } from "../cache/contract.ts";
import type { CaptureRules } from "../capture/contract.ts";
import type { CascadeCounts, CascadeStep, StoredCascade } from "../cascade/contract.ts";
import type { Fault } from "../faults/contract.ts";
import type { ServedFeatures } from "../features/contract.ts";
import type { GatewayState } from "../gateways/contract.ts";
import type { LoadTestSettings, StepMeasurement } from "../load-test/contract.ts";
import type { ItemResult, Side } from "../playground/contract.ts";
import type { LatencyParts } from "../predictions/contract.ts";
import type { Protection } from "../protection/contract.ts";
import type { LoggedTensor } from "../protocol/contract.ts";
import type { RolloutMark } from "../rollout/served-rollout.ts";
import type { TaskSettings } from "../tasks/contract.ts";
import type { LimitCounts } from "../telemetry/limits.ts";

/** What this floor stores in JSON columns. */
declare module "#db/schema/json-columns.ts" {
  interface JsonColumns {
    "endpoints.execution": Partial<ExecutionSettings>;
    "endpoints.protection": Partial<Protection>;
    "endpoints.cache": Partial<CacheSettings>;
    "endpoints.tasks": Partial<TaskSettings>;
    "endpoints.capture": Partial<CaptureRules>;
    "endpoints.cascade": Partial<StoredCascade>;
    "gatewayHeartbeats.state": GatewayState;
    "servingWindows.cascade": CascadeCounts;
    "servingWindows.indicators": LimitCounts;
    "gameDays.fault": Fault;
    "predictions.parts": LatencyParts;
    "predictions.cascade": CascadeStep[];
    "predictions.rollout": RolloutMark;
    "predictions.features": ServedFeatures;
    "predictions.inputs": LoggedTensor[];
    "predictions.outputs": LoggedTensor[];
    "playgroundRuns.sides": Side[];
    "playgroundItems.result": ItemResult;
    "loadTests.settings": LoadTestSettings;
    "loadTestSteps.measured": StepMeasurement;
  }
}
