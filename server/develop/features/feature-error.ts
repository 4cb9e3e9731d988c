import { DomainError, type ErrorCode } from "#server/base/errors.ts";
import type { BadCell } from "./contract.ts";

/** What kind of mistake it is, for transports that name it. */
export type FeatureProblem =
  | "view-not-found"
  | "service-not-found"
  | "entity-not-found"
  | "source-not-found"
  | "push-source-not-found"
  | "name-collision"
  | "feature-not-present"
  | "version-unknown"
  | "bad-cells"
  | "in-use"
  | "source-not-read"
  | "materialising"
  | "key-missing"
  | "key-unknown"
  | "other";

/** A mistake of a caller of the feature store. */
export class FeatureError extends DomainError {
  readonly problem: FeatureProblem;
  /** The first bad cells of a write. */
  readonly cells: readonly BadCell[];
  /** The views that are being materialised already. */
  readonly views: readonly string[];

  constructor(
    code: ErrorCode,
    problem: FeatureProblem,
    message: string,
    { cells = [], views = [], field }: { cells?: readonly BadCell[]; views?: readonly string[]; field?: string } = {},
  ) {
    super(code, message, field === undefined ? {} : { field });
    this.problem = problem;
    this.cells = cells;
    this.views = views;
  }

  /** The class that it extends recognises any DomainError, of whichever copy of the module. */
  static override [Symbol.hasInstance](value: unknown): value is FeatureError {
    return value instanceof DomainError && "problem" in value && "cells" in value;
  }
}

export const noFeatureView = (name: string) =>
  new FeatureError("not-found", "view-not-found", `Feature view "${name}" not found.`);
export const noService = (name: string) =>
  new FeatureError("not-found", "service-not-found", `Feature service "${name}" not found.`);
export const noEntity = (name: string) =>
  new FeatureError("not-found", "entity-not-found", `Entity "${name}" not found.`);
export const noSource = (name: string) =>
  new FeatureError("not-found", "source-not-found", `Feature source "${name}" not found.`);
