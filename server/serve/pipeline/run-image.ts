import type { ImagePart } from "#server/develop/registry/pipeline/definition.ts";
import { refuse } from "../protocol/refuse.ts";
import { type Tensor, tensorTypes } from "../tensor/tensor.ts";
import { decode } from "./codec.ts";
import { centreCrop, layOut, normalise, roomFor, scale, toColour, writeAs } from "./image-steps.ts";
import type { Picture } from "./picture.ts";
import { resize } from "./resize.ts";

/** Maximum number of bytes of one tensor that a pipeline creates: small files can hold large pictures. */
const maxBytes = 256 * 2 ** 20;

/**
 * Converts files to one tensor [files, channels, height, width] or [files, height, width, channels]. Processes pictures one after
 * the other, so that a request holds one decoded picture at a time.
 * @param checkTime called between pictures; throws once no client waits any more
 * @param onPicture receives each decoded picture before its steps
 * @throws DomainError "invalid" that names the input, the index of the file and the step
 */
export async function runImage(
  part: ImagePart,
  files: readonly Uint8Array[],
  checkTime: () => void,
  onPicture: (picture: Picture, file: Uint8Array) => void = () => {},
): Promise<Tensor> {
  const datatype = datatypeOf(part);
  let first: Picture | undefined;
  let tensor: Tensor | undefined;
  for (const [index, file] of files.entries()) {
    checkTime();
    const what = `input '${part.name}', file ${index}`;
    const picture = await walk(part, file, what, onPicture);
    first ??= picture;
    if (picture.width !== first.width || picture.height !== first.height) {
      const [wanted, got] = [first, picture].map(({ width, height }) => `${width} × ${height}`);
      refuse(`${what}: expected ${wanted} pixels after the steps, as file 0 has, got ${got}`);
    }
    tensor ??= emptyTensor(part, datatype, picture, files.length);
    writeAs(picture.data, datatype, tensor.data as ReturnType<typeof roomFor>, index * picture.data.length);
  }
  return tensor ?? refuse(`input '${part.name}': expected at least one file, got none`);
}

/** Steps behind which values are no pixels of 0 to 255, as rows and columns, any more. */
const arithmetic: readonly string[] = ["scale", "normalise", "layout", "dtype"];

/** Runs the steps of a part on one file up to its arithmetic: the pixels as the model gets them. @throws DomainError "invalid" as runImage */
export async function preparePicture(part: ImagePart, file: Uint8Array): Promise<Picture> {
  const at = part.steps.findIndex(({ step }) => arithmetic.includes(step));
  const steps = at < 0 ? part.steps : part.steps.slice(0, at);
  return walk({ ...part, steps }, file, `input '${part.name}'`, () => {});
}

/** Runs the other steps of a part on prepared pictures of one size. @throws DomainError "invalid" as runImage */
export function finishPictures(part: ImagePart, pictures: readonly Picture[]): Tensor {
  const at = part.steps.findIndex(({ step }) => arithmetic.includes(step));
  const steps = at < 0 ? [] : part.steps.slice(at);
  const datatype = datatypeOf(part);
  const finished = pictures.map((picture) =>
    steps.reduce((changed, step) => apply(changed, step, `input '${part.name}'`), picture),
  );
  const [first] = finished;
  if (!first) throw new Error("There are no pictures to finish.");
  const isOfSize = ({ width, height }: Picture) => width === first.width && height === first.height;
  if (!finished.every(isOfSize)) refuse(`input '${part.name}': the pictures differ in size after the steps`);
  const tensor = emptyTensor(part, datatype, first, finished.length);
  for (const [index, { data }] of finished.entries()) {
    writeAs(data, datatype, tensor.data as ReturnType<typeof roomFor>, index * data.length);
  }
  return tensor;
}

function emptyTensor(part: ImagePart, datatype: Tensor["datatype"], picture: Picture, files: number): Tensor {
  const { channels, height, width, planes } = picture;
  const count = picture.data.length * files;
  const bytes = count * tensorTypes[datatype].bytes;
  if (bytes > maxBytes) {
    const most = Math.floor((maxBytes / bytes) * files);
    refuse(`input '${part.name}': expected at most ${most} files of this size in a request, got ${files}`);
  }
  const shape = planes ? [files, channels, height, width] : [files, height, width, channels];
  return { name: part.into, datatype, shape, data: roomFor(datatype, count) };
}

/** Returns the type after the last step: that of "dtype", else floats after arithmetic and bytes without. */
function datatypeOf({ steps }: ImagePart): Tensor["datatype"] {
  const cast = steps.find((step) => step.step === "dtype");
  if (cast?.step === "dtype") return cast.datatype;
  return steps.some(({ step }) => step === "scale" || step === "normalise") ? "FP32" : "UINT8";
}

async function walk(
  { steps }: ImagePart,
  file: Uint8Array,
  what: string,
  onPicture: (picture: Picture, file: Uint8Array) => void,
): Promise<Picture> {
  const [first, ...rest] = steps;
  if (first?.step !== "decode") throw new Error("A pipeline of pictures begins by decoding.");
  let picture = await decode(file, first, what);
  onPicture(picture, file);
  for (const step of rest) {
    if (step.step === "resize") picture = resize(picture, step, first.maxPixels, what);
    else picture = apply(picture, step, what);
  }
  return picture;
}

function apply(picture: Picture, step: ImagePart["steps"][number], what: string): Picture {
  switch (step.step) {
    case "centre-crop":
      return (
        centreCrop(picture, step.width, step.height) ??
        refuse(
          `${what}, step centre-crop: expected at least ${step.width} × ${step.height} pixels, got ${picture.width} × ${picture.height}`,
        )
      );
    case "colour":
      return toColour(picture, step.to);
    case "scale":
      return scale(picture, step.factor, step.offset);
    case "normalise":
      return normalise(picture, step.mean, step.std);
    case "layout":
      return layOut(picture, step.order === "NCHW");
    default:
      return picture;
  }
}
