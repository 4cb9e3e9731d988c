/** A page that this user opened in this browser. */
export interface Place {
  /** Path of the page. */
  href: string;
  label: string;
  /** Area that it belongs to: "Endpoints"; empty for an area itself. */
  area: string;
  /** Milliseconds since 1970. */
  at: number;
}

const maxPlaces = 40;

/** Returns the key under which a browser stores the places of a user in a workspace. */
export function placesKey(slug: string, viewer: string): string {
  return `leeway-places:${slug}:${viewer}`;
}

/** Adds a place to the newest ones; one that is there moves to the front. */
export function withPlace(places: readonly Place[], place: Place): Place[] {
  return [place, ...places.filter(({ href }) => href !== place.href)].slice(0, maxPlaces);
}

/** Reads places, the newest first. Without storage, or where something else is stored, there are none. */
export function readPlaces(key: string): Place[] {
  try {
    const stored: unknown = JSON.parse(window.localStorage.getItem(key) ?? "[]");
    return Array.isArray(stored) ? stored.filter(isPlace) : [];
  } catch {
    return [];
  }
}

/** Stores that a page was opened. A browser without storage remembers nothing. */
export function storePlace(key: string, place: Place): void {
  try {
    window.localStorage.setItem(key, JSON.stringify(withPlace(readPlaces(key), place)));
  } catch {
    // Storage is full or switched off: recent places are a convenience.
  }
}

function isPlace(value: unknown): value is Place {
  const place = value as Partial<Place> | null;
  return (
    typeof place?.href === "string" &&
    place.href.startsWith("/") &&
    !place.href.startsWith("//") &&
    typeof place.label === "string" &&
    typeof place.area === "string" &&
    typeof place.at === "number"
  );
}
