import type { Context } from "#server/base/context.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import type { ImportKind } from "../contract.ts";

/** Context of an import, besides its items. */
export interface Intake {
  ctx: Context;
  artifacts: ArtifactStore;
  /** Maximum number of bytes per file. */
  maxBytes: number;
  importId: string;
  kind: ImportKind;
  origin: string;
  /** Aborted when the import was cancelled, or belongs to another runner now. */
  signal: AbortSignal;
  /** Called after each thing. */
  progressed(): void;
}
