const tagsHeader = "leeway-tags";
const tagsParameter = "tags";
const maxTags = 20;

interface TaggedRequest {
  headers?: Readonly<Record<string, unknown>> | undefined;
  parameters?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Parses the tags that a client gives a request, by the header or else the parameter: "carrier=UA,region=EU". Parts in another format
 * are ignored.
 */
export function tagsOf({ headers, parameters }: TaggedRequest): ReadonlyMap<string, string> {
  const tagText = headers?.[tagsHeader] ?? parameters?.[tagsParameter];
  if (typeof tagText !== "string" || tagText === "") return noTags;
  const tags = new Map<string, string>();
  for (const part of tagText.split(",", maxTags)) {
    const equals = part.indexOf("=");
    if (equals > 0) tags.set(part.slice(0, equals).trim(), part.slice(equals + 1).trim());
  }
  return tags;
}

const noTags: ReadonlyMap<string, string> = new Map();
