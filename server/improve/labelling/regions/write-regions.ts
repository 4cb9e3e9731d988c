import type { AnswerControl, ControlRegion, LabelValue } from "../contract.ts";
import { sliceCodePoints } from "./code-points.ts";

/** What regions carry beside the value. */
export interface Surroundings {
  /** Text that spans are of. */
  text?: string | undefined;
  /** Size of the picture in pixels, beside which boxes are in percent. */
  picture?: { width: number; height: number } | undefined;
}

/**
 * Writes a value as the regions of Label Studio, for answers that were given in Leeway and have none. Read again they are the same value.
 * @param control that the value answers
 */
export function writeRegions(
  control: AnswerControl,
  value: LabelValue,
  { text, picture }: Surroundings = {},
): ControlRegion[] {
  const { name, toName, type } = control;
  const region = (inner: ControlRegion["value"], extra: Record<string, unknown> = {}, id = "r1"): ControlRegion => ({
    id,
    from_name: name,
    to_name: toName,
    type,
    ...extra,
    value: inner,
  });
  switch (value.kind) {
    case "class":
      return [region({ choices: [value.label] })];
    case "multilabel":
      return value.labels.length > 0 ? [region({ choices: value.labels })] : [];
    case "number":
      return [region({ number: value.number })];
    case "text":
      return [region({ text: [value.text] })];
    case "ordinal":
      return [region({ rating: value.rating })];
    case "spans":
      return value.spans.map(({ label, start, end }, index) => {
        const part = text === undefined ? {} : { text: sliceCodePoints(text, start, end) };
        return region({ start, end, ...part, labels: [label] }, {}, `r${index + 1}`);
      });
    case "boxes": {
      const size = picture ? { original_width: picture.width, original_height: picture.height, image_rotation: 0 } : {};
      return value.boxes.map(({ label, x, y, width, height, rotation = 0 }, index) =>
        region({ x, y, width, height, rotation, rectanglelabels: [label] }, size, `r${index + 1}`),
      );
    }
  }
}
