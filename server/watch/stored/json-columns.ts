import type { Stored } from "#db/schema/json-columns.ts";
import type { UploadProblem } from "#server/develop/datasets/contract.ts";
import type { ViewFeatureDrift, ViewProfile } from "../features/drift/contract.ts";
import type { ViewSkewTally } from "../features/skew/contract.ts";
import type { AnalysisQuestion, AnalysisResult } from "../monitoring/analyses/contract.ts";
import type { MonitorSettings } from "../monitoring/contract.ts";
import type { DriftVerdict, FeatureVerdict } from "../monitoring/drift/contract.ts";
import type { Calibration, ProfileSource, ReferenceQuality } from "../monitoring/profiles/contract.ts";
import type { QualityCounts } from "../monitoring/quality/counts/contract.ts";
import type { FeatureProfile } from "../monitoring/state/contract.ts";
import type { SloDefinition, SloState } from "../objectives/contract.ts";
import type { Indicator } from "../objectives/indicators/contract.ts";

/** What this floor stores in JSON columns. */
declare module "#db/schema/json-columns.ts" {
  interface JsonColumns {
    "monitors.settings": Partial<MonitorSettings>;
    "referenceProfiles.source": Stored<ProfileSource>;
    "referenceProfiles.problem": UploadProblem;
    "referenceProfiles.quality": ReferenceQuality;
    "referenceProfiles.calibration": Calibration;
    "referenceFeatures.profile": FeatureProfile;
    "driftWindows.verdict": DriftVerdict;
    "driftWindows.features": FeatureVerdict[];
    "monitoringAnalyses.question": Stored<AnalysisQuestion>;
    "monitoringAnalyses.result": Stored<AnalysisResult>;
    "labelCounts.counts": QualityCounts;
    "sliSeries.indicator": Indicator;
    "slos.definition": SloDefinition;
    "sloRevisions.definition": SloDefinition;
    "sloStates.state": SloState;
    "featureSkewHours.tallies": ViewSkewTally[];
    "featureDriftReferences.features": ViewProfile[];
    "featureDriftDays.features": ViewFeatureDrift[];
  }
}
