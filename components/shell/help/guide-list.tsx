import { Link } from "#components/ui/link.tsx";
import classes from "./guide-list.module.css";

interface GuideListProps {
  guides: readonly { href: string; title: string }[];
  /** Address of the guide that is shown. */
  current: string;
}

/** Links to all guides, in the order of the index. */
export function GuideList({ guides, current }: GuideListProps) {
  return (
    <nav className={classes.list} aria-label="Guides">
      {guides.map(({ href, title }) => (
        <Link href={href} aria-current={href === current ? "page" : undefined} key={href}>
          {title}
        </Link>
      ))}
    </nav>
  );
}
