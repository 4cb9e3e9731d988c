import type { Context } from "#server/base/context.ts";
import type { MaterialisationInput } from "../materialisations/contract.ts";
import { type FilePlace, openFileRows } from "./file-rows.ts";
import type { Reading, SourceRows } from "./source-rows.ts";

/** What opening a source of any kind needs. */
export type SourceOpener = FilePlace;

/** Opens what a materialisation reads. The caller closes it. @throws DomainError for what cannot be read */
export async function openSource(
  ctx: Context,
  reading: Reading,
  input: MaterialisationInput,
  place: SourceOpener,
): Promise<SourceRows> {
  switch (input.kind) {
    case "file":
    case "dataset":
      return openFileRows(ctx, reading, input, place);
    default:
      throw new Error(`Sources of kind ${input.kind} cannot be opened.`);
  }
}
