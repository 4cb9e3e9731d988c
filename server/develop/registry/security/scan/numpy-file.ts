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
  const type = typeIn(header) ?? "O";
  return /['"|<>=]O\d*['"]|^['"]?\|?O/.test(type) ? headerStart + headerBytes : undefined;
}

/**
 * Returns the part of the header that says the data type: a quoted name, or the rest of the header for a list of fields, whose names may
 * be any text. Undefined for another header.
 */
function typeIn(header: string): string | undefined {
  const start = header.search(/['"]descr['"]/);
  const value = start < 0 ? "" : header.slice(start + "'descr'".length).trimStart();
  if (!value.startsWith(":")) return undefined;
  const type = value.slice(1).trimStart();
  return type.startsWith("[") ? type : /^['"][^'"]*['"]/.exec(type)?.[0];
}
