/** Formats of pictures that a pipeline takes. */
export type ImageFormat = "png" | "jpeg" | "webp";

/**
 * Detects the format of a file by its first bytes, regardless of its name. Nothing else reaches the decoder, since some formats it
 * supports can refer to other files. PNG: RFC 2083 section 3.1; JPEG: ITU-T T.81 table B.1, SOI and the next marker; WebP: RFC 9649
 * section 2.4.
 */
export function imageFormat(bytes: Uint8Array): ImageFormat | undefined {
  const hasBytes = (offset: number, ...wanted: number[]) =>
    wanted.every((byte, index) => bytes[offset + index] === byte);
  if (hasBytes(0, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return "png";
  if (hasBytes(0, 0xff, 0xd8, 0xff)) return "jpeg";
  if (hasBytes(0, 0x52, 0x49, 0x46, 0x46) && hasBytes(8, 0x57, 0x45, 0x42, 0x50)) return "webp";
  return undefined;
}
