import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { NetworkRules } from "#server/platform/network/network-rules.ts";
import type { MaterialisationInput } from "../materialisations/contract.ts";
import { type FilePlace, openFileRows } from "./file-rows.ts";
import { openPredictionRows } from "./prediction-rows.ts";
import type { Reading, SourceRows } from "./source-rows.ts";
import { openSqlRows } from "./sql-rows.ts";

/** What opening a source of any kind needs. */
export interface SourcePlace extends FilePlace {
  /** Where databases may be. */
  network: NetworkRules;
}

/** Opens what a materialisation reads. The caller closes it. @throws DomainError for what cannot be read */
export async function openSource(
  ctx: Context,
  reading: Reading,
  input: MaterialisationInput,
  place: SourcePlace,
): Promise<SourceRows> {
  switch (input.kind) {
    case "file":
    case "dataset":
      return openFileRows(ctx, reading, input, place);
    case "sql":
      return openSqlRows(ctx, reading, input, place);
    case "predictions":
      if (reading.isLatest)
        throw new DomainError("invalid", "Predictions are not pulled. Materialise the view in Leeway.");
      return openPredictionRows(ctx, reading, input);
  }
}
