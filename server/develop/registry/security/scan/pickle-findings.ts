import type { ByteSource } from "../../onnx/protobuf.ts";
import type { Finding } from "../contract.ts";
import { classifyImport } from "../pickle/imports.ts";
import { type PickleWalk, walkPickle } from "../pickle/walk.ts";

const maxNamed = 8;

interface PickleFile {
  name: string;
  source: ByteSource;
  start?: number;
  deadlineAt: number;
  /** False for a file that only may be a pickle: then it is one when it ends as one, or would import something. */
  isCertain: boolean;
}

/** Returns the imports of a pickle as findings. */
export function pickleFindings({ name: file, source, start = 0, deadlineAt, isCertain }: PickleFile): Finding[] {
  const walk = walkPickle(source, start, deadlineAt);
  const imports = Map.groupBy(walk.imports, classifyImport);
  const isPickle = walk.count > 0 ? walk.imports.length + walk.hiddenImports > 0 : imports.has("dangerous");
  if (!isCertain && !isPickle) return [];
  return [
    ...(imports.get("dangerous") ?? []).map((imported): Finding => {
      const words = `Loading it runs ${dotted(imported)}, which can run any code.`;
      return { file, rule: "pickle-import", severity: "dangerous", words };
    }),
    ...hidden(file, walk),
    ...broken(file, walk),
    ...unknownImports(file, imports.get("unknown") ?? []),
  ];
}

function hidden(file: string, { hiddenImports }: PickleWalk): Finding[] {
  if (hiddenImports === 0) return [];
  const words = "Loading it runs code whose name is assembled at runtime, which legitimate programs do not do.";
  return [{ file, rule: "pickle-import", severity: "dangerous", words }];
}

function broken(file: string, { problem }: PickleWalk): Finding[] {
  if (problem === undefined) return [];
  return [
    { file, rule: "pickle-broken", severity: "unread", words: `This pickle could not be fully parsed: ${problem}.` },
  ];
}

function unknownImports(file: string, imports: string[]): Finding[] {
  if (imports.length === 0) return [];
  const more = imports.length > maxNamed ? ` and ${imports.length - maxNamed} more` : "";
  const words = `Loading it runs unknown code: ${imports.slice(0, maxNamed).map(dotted).join(", ")}${more}.`;
  return [{ file, rule: "pickle-import", severity: "warning", words }];
}

function dotted(imported: string): string {
  return imported.replace(" ", ".");
}
