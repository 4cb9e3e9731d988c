import type { ImagePart, Pipeline } from "#server/develop/registry/pipeline/definition.ts";

/** Returns a pipeline's steps for pictures. In a file separate from the code that runs it, which loads the picture library. */
export function pictureParts({ before }: Pipeline): ImagePart[] {
  return before.filter((part) => part.kind === "image");
}
