import { DomainError } from "#server/base/errors.ts";
import type { ByteSource } from "./protobuf.ts";

/** First bytes of what people upload by mistake, and what to do instead. */
const formats: { start: number[]; advice: string }[] = [
  {
    start: [0x50, 0x4b, 0x03, 0x04],
    advice:
      "This is a zip archive, as torch.save and Keras write, not an ONNX file. Export with torch.onnx.export or tf2onnx.",
  },
  {
    start: [0x89, 0x48, 0x44, 0x46],
    advice: "This is an HDF5 file, not an ONNX file. Convert the model with tf2onnx.",
  },
  {
    start: [0x80],
    advice: "This looks like a Python pickle, not an ONNX file. Convert the model, for instance with skl2onnx.",
  },
  { start: [0x1f, 0x8b], advice: "This file is gzip-compressed. Decompress it first." },
  { start: [0x3c], advice: "This is an HTML or XML file, not an ONNX file. Check the download URL." },
  {
    start: [...Buffer.from("version https://git-lfs")],
    advice: "This is a Git LFS pointer, not the model itself. Fetch it with git lfs pull.",
  },
];

/** @throws DomainError "invalid" if the file is empty or has a known format other than ONNX. */
export function refuseForeignFormat(source: ByteSource): void {
  if (source.sizeBytes === 0) throw new DomainError("invalid", "The file is empty.");
  const head = source.read(0, 32);
  const format = formats.find(({ start }) => start.every((byte, index) => head[index] === byte));
  if (format) throw new DomainError("invalid", format.advice);
}
