import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import type { DescribeModel } from "../onnx/describe-model.ts";

/** What taking in model files needs; handed over by the role that does it. */
export interface ModelIntake {
  artifacts: ArtifactStore;
  describeModel: DescribeModel;
  /** Largest model file. */
  maxBytes: number;
}
