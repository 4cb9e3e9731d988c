import { IconHierarchy2 } from "@tabler/icons-react";
import { lineageHref } from "#components/develop/addresses/lineage-href.ts";
import { Link } from "#components/ui/link.tsx";
import type { LineageKind } from "#server/develop/lineage/contract.ts";
import classes from "./lineage-link.module.css";

/** Renders the link from the head of a page to the lineage of its subject. */
export function LineageLink({ kind, id }: { kind: LineageKind; id: string }) {
  return (
    <Link className={classes.link} href={lineageHref(kind, id)}>
      <IconHierarchy2 size={14} stroke={1.8} aria-hidden="true" />
      Lineage
    </Link>
  );
}
