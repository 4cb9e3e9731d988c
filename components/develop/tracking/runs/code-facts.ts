import { plural } from "#components/ui/format.ts";
import type { KeyValue } from "#server/develop/tracking/contract.ts";
import type { Run } from "#server/develop/tracking/runs/contract.ts";

/** Tags of MLflow's clients that say what code a run was, under the names they have on screen; of several the first counts. */
const codeTags: readonly { label: string; keys: readonly string[] }[] = [
  { label: "commit", keys: ["mlflow.source.git.commit", "mlflow.git.commit"] },
  { label: "branch", keys: ["mlflow.source.git.branch", "mlflow.git.branch"] },
  { label: "repository", keys: ["mlflow.source.git.repoURL", "mlflow.git.repo_url", "mlflow.project.gitURI"] },
  { label: "source", keys: ["mlflow.source.name"] },
  { label: "entry point", keys: ["mlflow.project.entryPoint"] },
  { label: "image", keys: ["mlflow.docker.image.uri"] },
];
const diffKeys = ["mlflow.git.diff", "mlflow.source.git.diff", "git.diff"];
const dirtyKeys = ["mlflow.git.dirty", "mlflow.source.git.dirty"];

function tagOf(tags: readonly KeyValue[], keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = tags.find((tag) => tag.key === key)?.value;
    if (value) return value;
  }
  return undefined;
}

/** Returns what a run records about its code, as label and value; commits are shortened to a length that is unique in practice. */
export function codeFacts({ tags }: Pick<Run, "tags">): { label: string; value: string }[] {
  const facts = codeTags.map(({ label, keys }) => {
    const value = tagOf(tags, keys);
    return { label, value: label === "commit" ? value?.slice(0, 10) : value };
  });
  return [...facts, { label: "uncommitted changes", value: describeUncommitted(tags) }].flatMap(({ label, value }) =>
    value === undefined ? [] : [{ label, value }],
  );
}

/** Returns the uncommitted changes as a patch. */
export function uncommittedDiff({ tags }: Pick<Run, "tags">): string | undefined {
  return tagOf(tags, diffKeys);
}

/** Formats "12 lines added, 3 removed", with a mark that distinguishes two patches of the same size. */
function describeUncommitted(tags: readonly KeyValue[]): string | undefined {
  const diff = uncommittedDiff({ tags: [...tags] });
  if (diff !== undefined) {
    const lines = diff.split("\n");
    const added = lines.filter((line) => line.startsWith("+") && !line.startsWith("+++")).length;
    const removed = lines.filter((line) => line.startsWith("-") && !line.startsWith("---")).length;
    return `${plural(added, "line")} added, ${removed} removed (${mark(diff)})`;
  }
  const dirty = tagOf(tags, dirtyKeys)?.toLowerCase();
  return dirty === "true" ? "present, not recorded" : dirty === "false" ? "none" : undefined;
}

/** Returns a hash of four hexadecimal digits (FNV-1a). */
function mark(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0").slice(0, 4);
}

/** Returns the code facts of several runs side by side. */
export function codeRows(runs: readonly Run[]): { label: string; values: (string | undefined)[] }[] {
  const facts = runs.map(codeFacts);
  return [...codeTags.map(({ label }) => label), "uncommitted changes"].map((label) => ({
    label,
    values: facts.map((own) => own.find((fact) => fact.label === label)?.value),
  }));
}

/** Digests of what a run was trained on; of all its datasets when it does not say. */
export function datasetsOf({ datasets }: Pick<Run, "datasets">): string | undefined {
  const training = datasets.filter(({ tags }) =>
    tags.some(({ key, value }) => key === "mlflow.data.context" && value === "training"),
  );
  const named = (training.length > 0 ? training : datasets).map(({ digest }) => digest);
  return named.length > 0 ? named.join(", ") : undefined;
}
