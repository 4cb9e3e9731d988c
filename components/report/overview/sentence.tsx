import { Link } from "#components/ui/link.tsx";

interface SentenceProps {
  parts: { text: string; href?: string }[];
}

/** Renders the state as a sentence; a part with an address links to its evidence. */
export function Sentence({ parts }: SentenceProps) {
  return parts.map(({ text, href }, index) =>
    href ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of one sentence are their places
      <Link href={href} key={index}>
        {text}
      </Link>
    ) : (
      text
    ),
  );
}
