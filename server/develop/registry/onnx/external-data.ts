import { DomainError } from "#server/base/errors.ts";
import { type ByteSource, type Field, fieldsOf, textOf } from "./protobuf.ts";

/** The model names a file outside its own folder. */
export class PathTraversalError extends DomainError {
  readonly location: string;

  constructor(location: string) {
    super("invalid", `The model refers to weights at "${location}", outside its own folder.`);
    this.location = location;
  }

  static override [Symbol.hasInstance](value: unknown): value is PathTraversalError {
    return value instanceof Error && "location" in value;
  }
}

/**
 * Adds the file in which a tensor lies, when it is not in the model's own. TensorProto: 13 holds key and value pairs, 14 says
 * whether they count.
 * @throws DomainError "invalid" for a path that leaves the model's folder.
 */
export function addExternalFile(source: ByteSource, tensor: Field, found: Set<string>): void {
  let location = "";
  let isExternal = false;
  for (const part of fieldsOf(source, tensor.start, tensor.end)) {
    if (part.number === 13) location = readLocation(source, part) ?? location;
    if (part.number === 14) isExternal = part.value === 1;
  }
  if (isExternal) found.add(insideFolder(location));
}

function readLocation(source: ByteSource, pair: Field): string | undefined {
  let isLocation = false;
  let value = "";
  for (const part of fieldsOf(source, pair.start, pair.end)) {
    if (part.number === 1) isLocation = textOf(source, part) === "location";
    if (part.number === 2) value = textOf(source, part);
  }
  return isLocation ? value : undefined;
}

function insideFolder(location: string): string {
  const segments = location.split("/").filter((segment) => segment !== ".");
  const leaves = segments.some((segment) => segment === "" || segment === "..");
  if (leaves || location.includes("\\") || location.includes("\0")) {
    throw new PathTraversalError(location);
  }
  return segments.join("/");
}
