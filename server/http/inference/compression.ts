import { promisify } from "node:util";
import { constants, deflate, gunzip, gzip, inflate } from "node:zlib";
import pLimit from "p-limit";
import { DomainError } from "#server/base/errors.ts";

type Coding = "gzip" | "deflate";

/** `deflate` is a zlib stream on the wire: RFC 9110, section 8.4.1.2. */
const inflaters = { gzip: promisify(gunzip), deflate: promisify(inflate) };
const deflaters = { gzip: promisify(gzip), deflate: promisify(deflate) };
/** As many as the thread pool of Node inflates at a time; more would only hold more memory, up to the limit of a body each. */
const inflating = pLimit(4);
/** Smaller bodies gain nothing. */
const minBytes = 1024;
/** Few trips to the thread pool for a large body. */
const chunkSize = 2 ** 16;

/** A body in a coding that is not read. */
export class UnsupportedEncoding extends Error {
  constructor(coding: string) {
    super(`Unsupported content encoding "${coding}". Use gzip or deflate, or send the body uncompressed.`);
    this.name = "UnsupportedEncoding";
  }
}

/**
 * Returns the decompressed body of a request.
 * @param coding the header Content-Encoding
 * @param limitBytes maximum decompressed size; inflating stops there
 * @throws UnsupportedEncoding; DomainError "invalid" for a corrupt stream, "too-large"
 */
export async function inflated(body: Buffer, coding: string | undefined, limitBytes: number): Promise<Buffer> {
  const name = (coding ?? "identity").trim().toLowerCase();
  if (name === "identity" || name === "" || body.length === 0) return body;
  if (name !== "gzip" && name !== "deflate") throw new UnsupportedEncoding(name);
  try {
    return await inflating(() => inflaters[name](body, { maxOutputLength: limitBytes, chunkSize }));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") {
      throw new DomainError("too-large", `The uncompressed body exceeds the limit of ${limitBytes} bytes.`);
    }
    throw new DomainError("invalid", `The body is not valid ${name}: ${(cause as Error).message}.`, { cause });
  }
}

/**
 * Compresses a response with the coding that the client prefers.
 * @param accepted the header Accept-Encoding; without it nothing is compressed
 * @returns undefined when the response is to be sent as it is
 */
export async function deflated(
  body: string | Buffer,
  accepted: string | undefined,
): Promise<{ body: Buffer; coding: Coding } | undefined> {
  if (accepted === undefined || body.length < minBytes) return undefined;
  const coding = chooseCoding(accepted);
  // Tensors hardly shrink further at a higher level, and the caller waits.
  return coding && { coding, body: await deflaters[coding](body, { level: constants.Z_BEST_SPEED }) };
}

/**
 * Returns the coding with the highest q, gzip before deflate; undefined if none is accepted or `identity` ranks higher. RFC 9110,
 * section 12.5.3.
 */
export function chooseCoding(accepted: string): Coding | undefined {
  const weights = new Map(accepted.split(",").map(readWeight));
  const weightOf = (coding: string) => weights.get(coding) ?? weights.get("*") ?? 0;
  const best = weightOf("deflate") > weightOf("gzip") ? "deflate" : "gzip";
  return weightOf(best) > 0 && weightOf(best) >= (weights.get("identity") ?? 0) ? best : undefined;
}

/** Parses one coding and its weight: "gzip;q=0.5" is ["gzip", 0.5]. */
function readWeight(item: string): [string, number] {
  const [coding = "", ...parameters] = item.split(";").map((part) => part.trim().toLowerCase());
  const q = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
  const weight = q === undefined ? 1 : Number(q);
  return [coding, Number.isFinite(weight) ? weight : 0];
}
