type Names = ReadonlySet<string>;

/** Returns the hidden names after one is clicked: a hidden one is shown again; after the last one, all are. */
export function toggled(hidden: Names, all: readonly string[], name: string): Set<string> {
  const changed = new Set(hidden);
  if (!changed.delete(name)) changed.add(name);
  return all.every((each) => changed.has(each)) ? new Set() : changed;
}

/** Returns the hidden names after one is isolated: all others, or none where it was the only one shown. */
export function isolated(hidden: Names, all: readonly string[], name: string): Set<string> {
  const others = all.filter((each) => each !== name);
  const isAlone = !hidden.has(name) && others.every((each) => hidden.has(each));
  return new Set(isAlone ? [] : others);
}

/** Parses the hidden names of an address: "v30,v29". */
export function readHidden(text: string | null | undefined): Set<string> {
  return new Set((text ?? "").split(",").filter(Boolean));
}

/** Formats hidden names for an address; undefined without any. */
export function writeHidden(hidden: Names): string | undefined {
  return hidden.size > 0 ? [...hidden].sort().join(",") : undefined;
}
