import { incidentTitle, maxTitleLength } from "./incident-title.ts";

/** A smaller rise says nothing new, and would change the title with every evaluation. */
const minRise = 1.1;

/**
 * Returns the title of something that goes on: with a share that has risen by a tenth or more since, else as it was. It never falls, so
 * it is true afterwards too. Only the share changes: "after v32" stays, unless the title would be too long. A title that says something else
 * changes nothing. Both titles begin with "name: ".
 */
export function raisedTitle(before: string, now: string): string {
  const [one, other] = [partsOf(before), partsOf(now)];
  if (!one || !other || one.subject !== other.subject || one.head !== other.head || one.rest !== other.rest)
    return before;
  if (other.share < one.share * minRise) return before;
  const effect = `${one.head}${other.text}${one.rest}`;
  const title = incidentTitle({ subject: one.subject, effect, tail: one.tail });
  // Words that the number leaves no room for say more than the number.
  return title.length < before.length && `${one.subject}: ${effect}`.length > maxTitleLength ? before : title;
}

interface Parts {
  subject: string;
  /** Words before the share. */
  head: string;
  /** "15.6%" */
  text: string;
  share: number;
  /** Words after it, without the tail. */
  rest: string;
  /** "after v32"; empty without one. */
  tail: string;
}

const form =
  /^(?<subject>[^:]+): (?<head>\D*?)(?<text>(?:< )?(?<share>\d+(?:\.\d+)?)%)(?<rest>.*?)(?: (?<tail>after v\d+))?$/;

function partsOf(title: string): Parts | undefined {
  const { subject = "", head = "", text = "", share, rest = "", tail = "" } = form.exec(title)?.groups ?? {};
  return share === undefined ? undefined : { subject, head, text, share: Number(share), rest, tail };
}
