import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import type { DescribeModel } from "../onnx/describe-model.ts";

/** Dependencies of the intake of model files; provided by the role that runs it. */
export interface ModelIntake {
  artifacts: ArtifactStore;
  describeModel: DescribeModel;
  /** Largest model file. */
  maxBytes: number;
}
