import type { ShownObject } from "../contract.ts";
import type { LabelProjectRow } from "../projects/find-label-project.ts";

/** Returns the objects whose field every task must have. A row of a project that was made in Leeway shows all fields. */
export function requiredObjects({ config, configText }: Pick<LabelProjectRow, "config" | "configText">): ShownObject[] {
  return config.objects.filter(({ kind }) => configText !== "" || kind !== "row");
}
