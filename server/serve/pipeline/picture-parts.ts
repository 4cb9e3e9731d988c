import type { ImagePart, Pipeline } from "#server/develop/registry/pipeline/definition.ts";

/** What a pipeline does with pictures. Apart from what runs it, which loads the picture library. */
export function pictureParts({ before }: Pipeline): ImagePart[] {
  return before.filter((part) => part.kind === "image");
}
