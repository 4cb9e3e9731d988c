/** Status codes of gRPC that Leeway sends: https://github.com/grpc/grpc/blob/master/doc/statuscodes.md */
export const grpcCodes = {
  ok: 0,
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

export type GrpcCode = (typeof grpcCodes)[keyof typeof grpcCodes];

/** An error as gRPC sends it. */
export class GrpcError extends Error {
  readonly code: GrpcCode;

  constructor(code: GrpcCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "GrpcError";
    this.code = code;
  }
}

/** Clients refuse headers above 8 KiB, and then the message is lost. */
const maxMessageBytes = 4_096;

/**
 * Writes a message for the header grpc-message: UTF-8 in which all bytes but those from space to tilde, and the percent sign, are written
 * as %XX (gRPC over HTTP/2, Responses). Cut before it becomes longer than clients read.
 */
export function grpcMessage(text: string): string {
  let written = "";
  for (const character of text.toWellFormed()) {
    const isPlain = character >= " " && character <= "~" && character !== "%";
    const next = isPlain ? character : encodeURIComponent(character).replaceAll(/[!'()*~]/g, percentOf);
    const whole = next.length === 1 && !isPlain ? percentOf(next) : next;
    if (written.length + whole.length > maxMessageBytes) break;
    written += whole;
  }
  return written;
}

function percentOf(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}
