import { IconHelp } from "@tabler/icons-react";
import classes from "./help-link.module.css";
import { helpHref, helpTopic } from "./help-target.ts";
import { Link } from "./link.tsx";

/** Renders a question mark that opens the guide. @param to guide and heading: "on-call#alert-rules" */
export function HelpLink({ to }: { to: string }) {
  const label = `Help: ${helpTopic(to)}`;
  return (
    <Link className={classes.link} href={helpHref(to)} aria-label={label} title={label} data-print="off">
      <IconHelp size={17} stroke={1.7} aria-hidden="true" />
    </Link>
  );
}
