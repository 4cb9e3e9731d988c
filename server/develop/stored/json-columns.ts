import type { UploadProblem } from "../datasets/contract.ts";
import type { LeakageQuestion, LeakageResult } from "../datasets/leakage/contract.ts";
import type { ColumnProfile } from "../datasets/profile/contract.ts";
import type { ContractRules, RuleResult } from "../datasets/rules/contract.ts";
import type {
  FeatureAges,
  FeatureExpression,
  Projection,
  RequestInput,
  SourceOptions,
  ViewEntity,
  ViewFeature,
} from "../features/contract.ts";
import type { MaterialisationCheckpoint, MaterialisationInput } from "../features/materialisations/contract.ts";
import type { ListedTrainingSet, RemovedFromFile } from "../features/removal/contract.ts";
import type { OnnxGraph, Signature } from "../registry/onnx/contract.ts";
import type { Pipeline } from "../registry/pipeline/definition.ts";
import type { Policy } from "../registry/policy/contract.ts";
import type { ScanReport } from "../registry/security/contract.ts";
import type { StoredRows } from "../registry/trash/stored-rows.ts";
import type { RunViewState } from "../tracking/views/contract.ts";

/** What this floor stores in JSON columns. */
declare module "#db/schema/json-columns.ts" {
  interface JsonColumns {
    "datasetVersions.columns": ColumnProfile[];
    "datasetUploads.problem": UploadProblem;
    "datasetContracts.rules": ContractRules;
    "datasetChecks.results": RuleResult[];
    "leakageChecks.question": LeakageQuestion;
    "leakageChecks.result": LeakageResult;
    "registryPolicies.policy": Policy;
    "modelVersions.signature": Signature;
    "modelVersions.graph": OnnxGraph;
    "modelVersions.pipeline": Pipeline;
    "versionScans.report": ScanReport;
    "trashedModels.rows": StoredRows[];
    "runViews.state": RunViewState;
    "featureSources.options": SourceOptions;
    "featureServices.projections": Projection[];
    "featureViewVersions.entities": ViewEntity[];
    "featureViewVersions.features": ViewFeature[];
    "featureViewVersions.expressions": FeatureExpression[];
    "featureViewVersions.requestInputs": RequestInput[];
    "featureMaterialisations.input": MaterialisationInput;
    "featureMaterialisations.checkpoint": MaterialisationCheckpoint;
    "featureMinutes.ages": FeatureAges;
    "featureKeyRemovals.files": RemovedFromFile[];
    "featureKeyRemovals.trainingSets": ListedTrainingSet[];
  }
}
