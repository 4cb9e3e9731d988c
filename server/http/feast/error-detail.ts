import { DomainError, type ErrorCode } from "#server/base/errors.ts";
import type { FeatureProblem } from "#server/develop/features/feature-error.ts";
import type { JoinProblem } from "#server/develop/features/offline/join/refuse-join.ts";
import { asDomainError } from "../errors.ts";
import { type GrpcCode, GrpcError, grpcCodes } from "./grpc/status.ts";

/** Classes of the module feast.errors that Leeway names. The client imports the module and raises the class. */
type FeastErrorClass =
  | "FeastError"
  | "FeastPermissionError"
  | "FeastObjectNotFoundException"
  | "FeatureViewNotFoundException"
  | "OnDemandFeatureViewNotFoundException"
  | "FeatureServiceNotFoundException"
  | "EntityNotFoundException"
  | "DataSourceObjectNotFoundException"
  | "PermissionObjectNotFoundException"
  | "ProjectObjectNotFoundException"
  | "SavedDatasetNotFound"
  | "ValidationReferenceNotFound"
  | "PushSourceNotFoundException"
  | "FeatureNameCollisionError"
  | "SpecifiedFeaturesNotPresentError";

/** An error that the client raises as a class of its own. */
export class FeastRefusal extends DomainError {
  readonly feastClass: FeastErrorClass;

  constructor(feastClass: FeastErrorClass, code: ErrorCode, message: string) {
    super(code, message);
    this.feastClass = feastClass;
  }
}

const codeOf: Record<ErrorCode, GrpcCode> = {
  invalid: grpcCodes.invalidArgument,
  unauthenticated: grpcCodes.unauthenticated,
  forbidden: grpcCodes.permissionDenied,
  "not-found": grpcCodes.notFound,
  conflict: grpcCodes.failedPrecondition,
  "too-large": grpcCodes.resourceExhausted,
  "rate-limited": grpcCodes.resourceExhausted,
  unavailable: grpcCodes.unavailable,
};

const classOf: Partial<Record<ErrorCode, FeastErrorClass>> = {
  unauthenticated: "FeastPermissionError",
  forbidden: "FeastPermissionError",
  "not-found": "FeastObjectNotFoundException",
};

const classOfProblem: Partial<Record<FeatureProblem | JoinProblem, FeastErrorClass>> = {
  "view-not-found": "FeatureViewNotFoundException",
  "service-not-found": "FeatureServiceNotFoundException",
  "entity-not-found": "EntityNotFoundException",
  "source-not-found": "DataSourceObjectNotFoundException",
  "push-source-not-found": "PushSourceNotFoundException",
  "name-collision": "FeatureNameCollisionError",
  "feature-not-present": "SpecifiedFeaturesNotPresentError",
  "missing-feature": "SpecifiedFeaturesNotPresentError",
};

/** Longest text of an error, before it is written as JSON. */
const maxTextLength = 1_500;

/**
 * Converts what a call threw to what Feast's client reads: a status, and as its message a JSON object that names a class of feast.errors
 * (docs/spec/feast.md section 3). Flight's clients look for it behind "Flight error: ".
 * @returns undefined for a bug, whose details the caller does not see
 */
export function feastErrorOf(error: unknown, isFlight: boolean): GrpcError | undefined {
  if (error instanceof GrpcError) return described(error.code, "FeastError", error.message, isFlight);
  const known = asDomainError(error);
  if (!known) return undefined;
  return described(codeOf[known.code], classNameOf(known), known.message, isFlight);
}

function classNameOf(error: DomainError): FeastErrorClass {
  if ("feastClass" in error) return error.feastClass as FeastErrorClass;
  const named = "problem" in error ? classOfProblem[error.problem as FeatureProblem | JoinProblem] : undefined;
  return named ?? classOf[error.code] ?? "FeastError";
}

/** Returns what the caller sees of a bug. */
export function feastBug(isFlight: boolean): GrpcError {
  return described(grpcCodes.internal, "FeastError", "Internal error; see the server log.", isFlight);
}

function described(code: GrpcCode, name: FeastErrorClass, message: string, isFlight: boolean): GrpcError {
  const detail = JSON.stringify({ module: "feast.errors", class: name, message: message.slice(0, maxTextLength) });
  return new GrpcError(code, isFlight ? `Flight error: ${detail}` : detail);
}
