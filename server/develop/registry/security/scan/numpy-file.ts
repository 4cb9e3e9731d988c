import type { ByteSource } from "../../onnx/protobuf.ts";

/**
 * Returns the position of the pickle in a .npy file; undefined when the file contains numbers only. Format:
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function pickleInNumpyFile(source: ByteSource): number | undefined {
  const head = Buffer.from(source.read(0, 12));
  const isFirst = head[6] === 1;
  const headerStart = isFirst ? 10 : 12;
  const headerBytes = isFirst ? head.readUInt16LE(8) : head.readUInt32LE(8);
  const header = Buffer.from(source.read(headerStart, headerStart + Math.min(headerBytes, 2 ** 20))).toString("latin1");
  const type = /['"]descr['"]\s*:\s*(\[.*?\]\s*,\s*['"](fortran|shape)|['"][^'"]*['"])/s.exec(header)?.[1] ?? "O";
  return /['"|<>=]O\d*['"]|^['"]?\|?O/.test(type) ? headerStart + headerBytes : undefined;
}
