import { RelativeTime } from "#components/ui/relative-time.tsx";

export interface LastChangeProps {
  /** "user.role-changed". */
  action: string;
  actorName: string;
  at: Date;
}

/** Renders "Role changed 3 min ago by Ines Duarte". */
export function LastChange({ change }: { change: LastChangeProps | undefined }) {
  if (!change) return <span className="lw-quiet">–</span>;
  return (
    <span className="lw-muted">
      {describeChange(change.action)} <RelativeTime at={change.at} /> by {change.actorName}
    </span>
  );
}

/** Describes an action without its target: "Role changed". */
function describeChange(action: string): string {
  const verb = action.slice(action.indexOf(".") + 1).replaceAll("-", " ");
  return verb.charAt(0).toUpperCase() + verb.slice(1);
}
