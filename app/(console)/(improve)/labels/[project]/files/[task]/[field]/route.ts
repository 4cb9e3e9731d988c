import { Readable } from "node:stream";
import type { NextRequest } from "next/server";
import { currentContext, runtime } from "#app/_lib/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { openTaskFile } from "#server/improve/labelling/tasks/open-task-file.ts";

/** Kinds of files that a browser shows as a picture; all others are not served here. SVG may hold code. */
const pictures: ReadonlySet<string> = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"]);

/** Sends a picture of a task to whoever may label or review it. */
export async function GET(_: NextRequest, { params }: RouteContext<"/labels/[project]/files/[task]/[field]">) {
  const ctx = await currentContext();
  if (!ctx) return new Response(null, { status: 401 });
  const { task, field } = await params;
  const name = decoded(field);
  if (!/^[1-9]\d{0,14}$/.test(task) || name === undefined) return new Response(null, { status: 404 });
  try {
    const file = await openTaskFile(ctx, runtime().artifacts, { taskId: Number(task), field: name });
    if (!pictures.has(file.mimeType)) return new Response(null, { status: 415 });
    return new Response(Readable.toWeb(file.content) as ReadableStream, {
      headers: {
        "content-type": file.mimeType,
        "content-length": String(file.sizeBytes),
        // Only as long as a signed address would hold: permissions change.
        "cache-control": "private, max-age=300",
        "x-content-type-options": "nosniff",
      },
    });
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return new Response(null, { status: error.code === "forbidden" ? 403 : 404 });
  }
}

/** Returns a part of an address in plain text; undefined if its escapes are malformed. */
function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
