import { expect, test } from "vitest";
import { maskedCrc32c } from "./crc32c.ts";

function masked(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

test("computes the checksums of RFC 3720, masked as in TensorFlow", () => {
  expect(maskedCrc32c(new Uint8Array(32))).toBe(masked(0x8a9136aa));
  expect(maskedCrc32c(new Uint8Array(32).fill(0xff))).toBe(masked(0x62a8ab43));
  expect(maskedCrc32c(Uint8Array.from({ length: 32 }, (_, index) => index))).toBe(masked(0x46dd794e));
  expect(maskedCrc32c(Buffer.from("123456789"))).toBe(masked(0xe3069283));
});
